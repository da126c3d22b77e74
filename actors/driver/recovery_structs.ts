/** What the drivers of the history's races keep (eeh.md 3 #19 to #22). */
import { completion, mutex, spinlock, work_struct } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

/** A mapping of device registers. */
export const iomem = struct('iomem', { mcr: word('modem control register') });

/** A port of 8250_pci with the tty's view of it. */
export const uart_port = struct('uart_port', {
  mutex: embed(mutex, 'tty_port.mutex: opens, ioctls, unregistering'),
  registered: word('the tty has the port', 'mutex'),
  membase: word('where its registers are mapped; iomem'),
});

/** A page of the SGE pool. */
export const sge_page = struct('sge_page', { mapping: word('its DMA address') });

/** A network device, as far as reset task and recovery fight over it. */
export const bnx2x = struct('bnx2x', {
  rtnl_mutex: embed(mutex, 'taken around both teardowns'),
  page: word('page of the pool; NULL after it was freed', 'rtnl_mutex'),
  present: word('netif_device_present()'),
});

export const NVME_CTRL_LIVE = 1;
export const NVME_CTRL_RESETTING = 2;
export const NVME_CTRL_DEAD = 3;

export const nvme_dev = struct('nvme_dev', {
  lock: embed(spinlock, 'guards state'),
  state: word('NVME_CTRL_*', 'lock'),
  reset_work: embed(work_struct, 'nvme_reset_work, on nvme-reset-wq'),
  frozen: word('hardware: the link is down, reads answer all ones'),
  failed: embed(completion, 'the platform has noticed'),
});
