/** The explored lowering of a module: every procedure becomes a step function over words. */
import type * as acorn from 'acorn';
import MagicString from 'magic-string';
import { ACB } from '../flat.ts';
import { Constants } from './constants.ts';
import { FlatBody, FRAME_HEADER } from './flat_body.ts';
import { NO_TARGETS, statement } from './flat_statements.ts';
import { type Lowered, localsOf } from './plain.ts';
import type { ModuleSource } from './source.ts';

/** Lowers a checked module. `runtime`, `sites`: specifiers of ops/flat.ts and ops/sites.ts. */
export function lowerFlat(module: ModuleSource, runtime: string, sites: string): Lowered {
  const out = new MagicString(module.code);
  const constants = new Constants(module);
  const texts = new Map<number, string>();
  for (const [name, node] of module.procedures) {
    const { step, register } = compile(module, constants, texts, name, node);
    out.overwrite(node.start, node.end, step);
    out.append(register);
  }
  out.append(constants.declarations((text) => `$toWord(${text})`));
  const names = ['registerFlat', 'toWord', 'handles', 'stackOverflow'];
  const imports = `registerFlat as $registerFlat, toWord as $toWord, handles as $H`;
  const last = names.at(-1) ?? '';
  out.append(`\nimport { ${imports}, ${last} as $stackOverflow } from '${runtime}';\n`);
  out.append(`import { registerText as $registerText } from '${sites}';\n`);
  for (const text of texts.values()) out.append(`$registerText(${JSON.stringify(text)});\n`);
  const map = out.generateMap({ source: module.file, hires: false, includeContent: false });
  return { code: out.toString(), map: map.toString() };
}

function compile(
  module: ModuleSource,
  constants: Constants,
  texts: Map<number, string>,
  name: string,
  node: acorn.FunctionDeclaration,
): { step: string; register: string } {
  const locals = localsOf(node);
  const body = new FlatBody(module, constants, locals, texts);
  for (const s of node.body.body) statement(body, s, NO_TARGETS);
  const frame = body.frameWords();
  const params = node.params.length;
  const zero: string[] = [];
  for (let i = FRAME_HEADER + params; i < frame; i++) zero.push(`W[f+${i}]=0;`);
  const guard = `if(f+${frame}>W[c+${ACB.stackEnd}])$stackOverflow('${name}');`;
  const text = body.text().replaceAll('$FRAME', String(frame));
  const end = `W[c+${ACB.result}]=0;{const p=W[f+2];W[c+${ACB.frame}]=p;return p===0?2:1;}`;
  const step =
    `function ${name}(W,c,f){let pc=W[f];L:for(;;)switch(pc){case 0:${guard}${zero.join('')}\n` +
    `${text}\n${end}}}`;
  const meta = { name, file: module.file, params, frame, lines: body.lines };
  return { step, register: `\n$registerFlat(${name},${JSON.stringify(meta)});` };
}
