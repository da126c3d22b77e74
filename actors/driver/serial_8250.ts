/** 8250_pci: an ioctl on a port against error_detected (f209fa03fc9d; eeh.md 3 #20). */
import {
  GFP_KERNEL,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { iomem, uart_port } from './recovery_structs.ts';

const ev = eventCodes('DONE');

export type SerialDesign = Readonly<{
  quiesce: (port: Ptr) => Proc<void>;
  restart: (port: Ptr) => Proc<void>;
}>;

/** pciserial_suspend_ports(), pciserial_resume_ports(): the tty keeps the port. */
export function* ports_suspended(_port: Ptr): Proc<void> {
  // Nobody who uses the port hears of it.
}

/** serial8250_unregister_port(): waits for whoever is inside, lets nobody in. */
export function* ports_unregistered(port: Ptr): Proc<void> {
  yield mutex_lock(port + uart_port.mutex.at);
  yield write(port + uart_port.registered, 0);
  yield mutex_unlock(port + uart_port.mutex.at);
}

export function* ports_registered(port: Ptr): Proc<void> {
  yield mutex_lock(port + uart_port.mutex.at);
  yield write(port + uart_port.registered, 1);
  yield mutex_unlock(port + uart_port.mutex.at);
}

/** error_detected(frozen) and, after the reset, resume. */
export function* serial8250_recovery(
  k: SerialDesign,
  _start: Ptr,
  _done: Ptr,
  port: Ptr,
): Proc<number> {
  yield* k.quiesce(port);
  yield kfree(yield read(port + uart_port.membase));
  yield write(port + uart_port.membase, 0);
  const membase = yield kzalloc(iomem.typeid, GFP_KERNEL);
  yield write(port + uart_port.membase, membase);
  yield* k.restart(port);
  return ev.DONE;
}

/** TIOCMGET: uart_tiocmget(). */
export function* uart_tiocmget(_k: SerialDesign, _start: Ptr, _done: Ptr, port: Ptr): Proc<number> {
  yield mutex_lock(port + uart_port.mutex.at);
  if ((yield read(port + uart_port.registered)) !== 0) {
    const membase = yield read(port + uart_port.membase);
    yield read(membase + iomem.mcr);
  }
  yield mutex_unlock(port + uart_port.mutex.at);
  return ev.DONE;
}
