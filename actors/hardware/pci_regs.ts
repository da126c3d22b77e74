/**
 * Registers of the PCIe capability and of config space, spelled as in the kernel's pci_regs.h.
 * Offsets are bytes from the start of the capability.
 */

export const PCI_EXP_LNKCAP = 0x0c;
export const PCI_EXP_LNKCAP_DLLLARC = 0x100000;
export const PCI_EXP_LNKCTL = 0x10;
export const PCI_EXP_LNKCTL_LD = 0x10;
export const PCI_EXP_LNKSTA = 0x12;
export const PCI_EXP_LNKSTA_NLW = 0x3f0;
export const PCI_EXP_LNKSTA_LT = 0x800;
export const PCI_EXP_LNKSTA_DLLLA = 0x2000;

export const PCI_EXP_SLTCAP = 0x14;
export const PCI_EXP_SLTCAP_ABP = 0x1;
export const PCI_EXP_SLTCAP_PCP = 0x2;
export const PCI_EXP_SLTCAP_MRLSP = 0x4;
export const PCI_EXP_SLTCAP_AIP = 0x8;
export const PCI_EXP_SLTCAP_PIP = 0x10;
export const PCI_EXP_SLTCAP_HPS = 0x20;
export const PCI_EXP_SLTCAP_HPC = 0x40;
export const PCI_EXP_SLTCAP_EIP = 0x20000;
export const PCI_EXP_SLTCAP_NCCS = 0x40000;
export const PCI_EXP_SLTCAP_PSN_SHIFT = 19;

export const PCI_EXP_SLTCTL = 0x18;
export const PCI_EXP_SLTCTL_ABPE = 0x1;
export const PCI_EXP_SLTCTL_PFDE = 0x2;
export const PCI_EXP_SLTCTL_MRLSCE = 0x4;
export const PCI_EXP_SLTCTL_PDCE = 0x8;
export const PCI_EXP_SLTCTL_CCIE = 0x10;
export const PCI_EXP_SLTCTL_HPIE = 0x20;
export const PCI_EXP_SLTCTL_AIC = 0xc0;
export const PCI_EXP_SLTCTL_ATTN_IND_ON = 0x40;
export const PCI_EXP_SLTCTL_ATTN_IND_OFF = 0xc0;
export const PCI_EXP_SLTCTL_PIC = 0x300;
export const PCI_EXP_SLTCTL_PWR_IND_ON = 0x100;
export const PCI_EXP_SLTCTL_PWR_IND_BLINK = 0x200;
export const PCI_EXP_SLTCTL_PWR_IND_OFF = 0x300;
/** Power Controller Control is inverted: clear is power on. */
export const PCI_EXP_SLTCTL_PCC = 0x400;
export const PCI_EXP_SLTCTL_PWR_ON = 0x0;
export const PCI_EXP_SLTCTL_PWR_OFF = 0x400;
export const PCI_EXP_SLTCTL_EIC = 0x800;
export const PCI_EXP_SLTCTL_DLLSCE = 0x1000;

export const PCI_EXP_SLTSTA = 0x1a;
export const PCI_EXP_SLTSTA_ABP = 0x1;
export const PCI_EXP_SLTSTA_PFD = 0x2;
export const PCI_EXP_SLTSTA_MRLSC = 0x4;
export const PCI_EXP_SLTSTA_PDC = 0x8;
export const PCI_EXP_SLTSTA_CC = 0x10;
export const PCI_EXP_SLTSTA_MRLSS = 0x20;
export const PCI_EXP_SLTSTA_PDS = 0x40;
export const PCI_EXP_SLTSTA_EIS = 0x80;
export const PCI_EXP_SLTSTA_DLLSC = 0x100;

export const PCI_COMMAND_MASTER = 0x4;
export const PCI_COMMAND_SERR = 0x100;
export const PCI_COMMAND_INTX_DISABLE = 0x400;

/** What a 16-bit read answers when nobody is there. */
export const ALL_ONES_16 = 0xffff;
export const ALL_ONES_32 = -1;
