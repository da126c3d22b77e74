/** States of DR connectors (machines/drc.ts) as the connector's word holds them. */

/** A physical connector (a PCI slot), then a logical one (a PHB). */
export const DRC_POWERON = 0;
export const DRC_UNISOLATE = 1;
export const DRC_CONFIGURED = 2;
export const DRC_UNUSABLE = 3;
export const DRC_AVAILABLE = 4;
/** No connector: the slot is not given away through firmware. */
export const DRC_NONE = -1;
