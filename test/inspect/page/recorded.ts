/** Documents of recorded runs, as the page gets them. */
import { fileURLToPath } from 'node:url';
import { recordedDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import type { InspectDocument } from '../../../src/inspect/document/document.ts';

export function schedulePath(name: string): string {
  return fileURLToPath(new URL(`../../corpus/schedules/${name}.schedule`, import.meta.url));
}

/** `eeh-pe.T3.none` */
export async function documentOf(name: string): Promise<InspectDocument> {
  const recorded = readRecorded(schedulePath(name));
  return await recordedDocument(await scenarioOf(recorded, {}), recorded, null, '');
}
