/** `hotrace topology FILE`: what a machine looks like to the models. */

import { topologyJson } from '../topology/json.ts';
import { formatListing } from '../topology/listing.ts';
import { formatTree } from '../topology/tree.ts';
import { json, type Output } from './output.ts';
import { readTopologyFile } from './scenario.ts';

export interface TopologyOptions {
  readonly tree?: boolean;
  readonly json?: boolean;
}

export function topologyCommand(
  file: string | undefined,
  options: TopologyOptions,
  output: Output,
): void {
  const { topology } = readTopologyFile(file);
  if (options.json === true) output.print(json(topologyJson(topology)));
  else if (options.tree === true) output.print(formatTree(topology).replace(/\n$/, ''));
  else output.print(formatListing(topology).replace(/\n$/, ''));
}
