/** The two platforms of eeh-pe: bare metal with OPAL, and a guest with RTAS (eeh.md 0). */
import type { Platform } from '../../actors/eeh/kernel.ts';
import {
  pnv_eeh_configure_bridge,
  pnv_eeh_get_state,
  pnv_eeh_probe,
  pnv_eeh_reset,
  pnv_eeh_set_option,
  pnv_phb_check_failure,
  pnv_release_device,
} from '../../actors/powernv/eeh_powernv.ts';
import { pnv_eeh_next_error } from '../../actors/powernv/next_error.ts';
import {
  no_next_error,
  no_phb_check,
  nothing_to_release,
  pseries_eeh_configure_bridge,
  pseries_eeh_get_state,
  pseries_eeh_probe,
  pseries_eeh_reset,
  pseries_eeh_set_option,
} from '../../actors/pseries/eeh_pseries.ts';
import type { Platform as PlatformName } from '../topology/machine.ts';

const powernv: Platform = Object.freeze({
  get_state: pnv_eeh_get_state,
  set_option: pnv_eeh_set_option,
  reset: pnv_eeh_reset,
  configure_bridge: pnv_eeh_configure_bridge,
  probe: pnv_eeh_probe,
  eeh_phb_check_failure: pnv_phb_check_failure,
  release_device: pnv_release_device,
  next_error: pnv_eeh_next_error,
  enable_io_for_log: 0,
});

const pseries: Platform = Object.freeze({
  get_state: pseries_eeh_get_state,
  set_option: pseries_eeh_set_option,
  reset: pseries_eeh_reset,
  configure_bridge: pseries_eeh_configure_bridge,
  probe: pseries_eeh_probe,
  eeh_phb_check_failure: no_phb_check,
  release_device: nothing_to_release,
  next_error: no_next_error,
  enable_io_for_log: 1,
});

export const platforms: Readonly<Record<PlatformName, Platform>> = { powernv, pseries };
