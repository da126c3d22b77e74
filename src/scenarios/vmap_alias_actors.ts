/** Who takes part in vmap-alias: drmgr, a late user of the mapping, a destructor of it. */
import type { VmapKernel } from '../../actors/mm/kernel.ts';
import {
  destructor_clear,
  destructor_done,
  destructor_unlink,
  destructor_wait,
  use_again,
  use_mapping,
} from '../../actors/mm/late.ts';
import {
  drmgr_release,
  drmgr_settle,
  no_slot_driver,
  replug_add,
  replug_assign,
  slot_flush,
  unbind_driver,
  unplug_lock,
  unplug_remove,
  unplug_unlock,
  unplug_wait,
} from '../../actors/pseries/drc_unplug.ts';
import { late_unmap } from '../../machines/late_unmap.ts';
import { late_user } from '../../machines/late_user.ts';
import { slot_exchange } from '../../machines/slot_exchange.ts';
import type { ActorSpec } from '../actor/program.ts';
import type { Play } from './vmap_alias_situations.ts';

const DRMGR: Readonly<Record<Play['path'], { name: string; comm: string }>> = {
  slot: { name: 'drmgr', comm: 'drmgr' },
  sysfs: { name: 'sysfs-remove', comm: 'bash' },
  unbind: { name: 'unbind', comm: 'bash' },
};

export function vmapActors(k: VmapKernel, play: Play): readonly ActorSpec[] {
  const process = { context: 'process', daemon: false, args: [Object.freeze({ ...k })] } as const;
  const actors: ActorSpec[] = [
    {
      ...process,
      ...DRMGR[play.path],
      cpu: 0,
      binding: {
        machine: slot_exchange,
        procedures: {
          drmgr_release,
          drmgr_settle,
          path_flush: play.path === 'slot' ? slot_flush : no_slot_driver,
          replug_add,
          replug_assign,
          take_away: play.path === 'unbind' ? unbind_driver : unplug_remove,
          unplug_lock,
          unplug_unlock,
          unplug_wait,
        },
      },
    },
  ];
  if (play.lateUser) {
    const procedures = { use_again, use_mapping };
    const binding = { machine: late_user, procedures };
    actors.push({ ...process, name: 'late-user', cpu: 1, binding });
  }
  if (play.destructor !== 'none') {
    const procedures = { destructor_clear, destructor_done, destructor_unlink, destructor_wait };
    const binding = { machine: late_unmap, procedures };
    actors.push({ ...process, name: 'destructor', comm: 'kworker/1:1', cpu: 1, binding });
  }
  return actors;
}
