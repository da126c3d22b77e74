/**
 * The command engine of pciehp 4.20-rc1 (pciehp.md 2.4): each write of Slot Control is a command,
 * and the port must not be given another before Command Completed, or 1 s.
 */
import {
  finish_wait,
  ghost_add,
  ghost_read,
  ghost_write,
  ktime_ms,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  printk,
  read,
  schedule_timeout,
  smp_mb,
  write,
} from '#ops';
import {
  ALL_ONES_16,
  PCI_EXP_SLTCAP_NCCS,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTCTL_AIC,
  PCI_EXP_SLTCTL_CCIE,
  PCI_EXP_SLTCTL_EIC,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_CC,
} from '../hardware/pci_regs.ts';
import { qemu_port, SLTCTL_ENABLES } from '../hardware/qemu_port_regs.ts';
import type { Pciehp } from './design.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pci_access.ts';
import { controller, pci_dev, pciehp_ghost } from './structs.ts';

/** A controller completes a command within 1 s (PCIe r4.0, sec 6.7.3.2). */
const COMMAND_TIMEOUT_MS = 1000;
const POLL_TIMEOUT_MS = 2500;
const POLL_INTERVAL_MS = 10;

/** Controls whose change makes a CF118 port complete the command. */
const CONTROLS = PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_EIC;

/** Polls for completion where its interrupt is off: 1 when it came, 0 after `ms`. */
function* pcie_poll_cmd(ctrl: Ptr, ms: number, d: Pciehp): Proc<number> {
  let left = ms;
  while (left >= 0) {
    const slot_status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
    if (slot_status === ALL_ONES_16) {
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: pcie_poll_cmd: no response from device',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
      );
      return 0;
    }
    if ((slot_status & PCI_EXP_SLTSTA_CC) !== 0) {
      yield* pcie_capability_write_word(PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC, d);
      yield* d.command_polled(ctrl);
      return 1;
    }
    yield msleep(POLL_INTERVAL_MS);
    left -= POLL_INTERVAL_MS;
  }
  return 0;
}

/** wait_event_timeout(ctrl->queue, !ctrl->cmd_busy, ...): 0 when the time ran out before. */
function* wait_cmd_done(ctrl: Ptr, ms: number): Proc<number> {
  let left = ms;
  let busy = yield read(ctrl + controller.cmd_busy);
  if (busy === 0) return 1;
  for (;;) {
    yield prepare_to_wait(ctrl + controller.queue.at);
    busy = yield read(ctrl + controller.cmd_busy);
    if (busy === 0 || left === 0) break;
    left = yield schedule_timeout(left);
  }
  yield finish_wait(ctrl + controller.queue.at);
  return busy === 0 ? 1 : 0;
}

/** Bookkeeping of a command that was given up. */
function* note_late_command(slot_ctrl: number, age: number, d: Pciehp): Proc<void> {
  if ((yield ghost_add(d.ghost + pciehp_ghost.cmd_timeouts, 1)) === 1) {
    yield ghost_write(d.ghost + pciehp_ghost.cmd_first_late, slot_ctrl);
    yield ghost_write(d.ghost + pciehp_ghost.cmd_first_age, age);
  }
  if (age > (yield ghost_read(d.ghost + pciehp_ghost.cmd_longest_age))) {
    yield ghost_write(d.ghost + pciehp_ghost.cmd_longest_age, age);
  }
}

/** Waits for the command before; one that expired stays busy, so the next writer waits again. */
export function* pcie_wait_cmd(ctrl: Ptr, d: Pciehp): Proc<void> {
  if (((yield read(ctrl + controller.slot_cap)) & PCI_EXP_SLTCAP_NCCS) !== 0) return;
  if ((yield read(ctrl + controller.cmd_busy)) === 0) return;
  const patience = d.pciehp_poll_mode !== 0 ? POLL_TIMEOUT_MS : COMMAND_TIMEOUT_MS;
  const deadline = (yield read(ctrl + controller.cmd_started)) + patience;
  const now = yield ktime_ms();
  const timeout = deadline <= now ? d.jiffyMs : deadline - now;
  const interrupts = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_CCIE;
  const enabled = (yield read(ctrl + controller.slot_ctrl)) & interrupts;
  const completed =
    enabled === interrupts
      ? yield* wait_cmd_done(ctrl, timeout)
      : yield* pcie_poll_cmd(ctrl, timeout, d);
  if (completed !== 0) return;
  // What is printed is the software copy, not the register (pciehp.md 1.6).
  const slot_ctrl = yield read(ctrl + controller.slot_ctrl);
  const started = yield read(ctrl + controller.cmd_started);
  const age = (yield ktime_ms()) - started;
  yield* note_late_command(slot_ctrl, age, d);
  yield printk(
    'pciehp %04x:%02x:%02x.%x:pcie%03x: Timeout on hotplug command %#06x (issued %u msec ago)',
    d.domain,
    d.bus,
    d.device,
    d.func,
    d.service,
    slot_ctrl,
    age,
  );
}

/** Replaces the `mask` bits of Slot Control by those of `cmd`. */
function* pcie_do_write_cmd(
  ctrl: Ptr,
  cmd: number,
  mask: number,
  wait: number,
  d: Pciehp,
): Proc<void> {
  yield mutex_lock(ctrl + controller.ctrl_lock.at);
  yield* pcie_wait_cmd(ctrl, d);
  const orig = yield* pcie_capability_read_word(PCI_EXP_SLTCTL, d);
  if (orig === ALL_ONES_16) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: pcie_do_write_cmd: no response from device',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
    );
  } else {
    const next = (orig & ~mask) | (cmd & mask);
    yield write(ctrl + controller.cmd_busy, 1);
    yield smp_mb();
    yield* d.commit_slot_ctrl(ctrl, orig, next, d);
    // Ports with erratum CF118 complete only commands that change a control.
    const pdev = yield read(ctrl + controller.pdev);
    if ((yield read(pdev + pci_dev.broken_cmd_compl)) !== 0 && ((orig ^ next) & CONTROLS) === 0) {
      yield write(ctrl + controller.cmd_busy, 0);
    }
    if (wait !== 0) yield* pcie_wait_cmd(ctrl, d);
    yield* note_cache(ctrl, d);
  }
  yield mutex_unlock(ctrl + controller.ctrl_lock.at);
}

/** Bookkeeping at the release of ctrl_lock: the software copy should tell the enables. */
function* note_cache(ctrl: Ptr, d: Pciehp): Proc<void> {
  const cached = yield ghost_read(ctrl + controller.slot_ctrl);
  const register = yield ghost_read(d.port + qemu_port.sltctl);
  if (((cached ^ register) & SLTCTL_ENABLES) !== 0) {
    yield ghost_add(d.ghost + pciehp_ghost.cache_differs, 1);
  }
}

/** Issues a command and waits until it is completed. */
export function* pcie_write_cmd(ctrl: Ptr, cmd: number, mask: number, d: Pciehp): Proc<void> {
  yield* pcie_do_write_cmd(ctrl, cmd, mask, 1, d);
}

/** Issues a command without waiting: the next one will. */
export function* pcie_write_cmd_nowait(
  ctrl: Ptr,
  cmd: number,
  mask: number,
  d: Pciehp,
): Proc<void> {
  yield* pcie_do_write_cmd(ctrl, cmd, mask, 0, d);
}
