/** The one event of the test programs' one-state machines. */
import { eventCodes } from '../../src/ops/events.ts';

export const { DONE } = eventCodes('DONE');
