/**
 * How a drawn chart looks: colours are variables, light and dark by the reader's setting. A page
 * colours a chart live by classes on what has a data-state (`current`) or a data-edge (`last`,
 * `taken`, `never`), and by the variable --hr-heat, 0 to 1, on an edge that was taken.
 */
import { DETAIL_PX, LABEL_PX, NAME_PX } from '../layout/sizes.ts';

const LIGHT = `
--hr-paper:#ffffff;--hr-frame:#f6f7f9;--hr-frame-line:#d3d8df;--hr-box:#ffffff;--hr-line:#5b6674;
--hr-ink:#16202b;--hr-dim:#566271;--hr-edge:#6b7684;--hr-label:#2b3a4a;--hr-now:#ffe9b8;
--hr-now-line:#9a5b00;--hr-hot:#b3261e;`;

const DARK = `
--hr-paper:#12161b;--hr-frame:#181d24;--hr-frame-line:#38424e;--hr-box:#212832;--hr-line:#8d99a8;
--hr-ink:#edf1f5;--hr-dim:#a5b1bf;--hr-edge:#8d99a8;--hr-label:#d3dce6;--hr-now:#5a4208;
--hr-now-line:#ffc857;--hr-hot:#ff8a80;`;

const MONO = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace";

/** The rules, all below `.hotrace-chart` so that several charts share a page with other things. */
export const STYLE = `
.hotrace-chart{${LIGHT}font-family:${MONO};background:var(--hr-paper)}
@media (prefers-color-scheme:dark){.hotrace-chart{${DARK}}}
.hotrace-chart text{fill:var(--hr-ink);font-size:${NAME_PX}px}
.hotrace-chart .paper{fill:var(--hr-paper)}
.hotrace-chart .state>rect{fill:var(--hr-box);stroke:var(--hr-line);stroke-width:1.25}
.hotrace-chart .state>rect.inner{fill:none}
.hotrace-chart .state.compound>rect,.hotrace-chart .state.parallel>rect{fill:var(--hr-frame);
stroke:var(--hr-frame-line)}
.hotrace-chart .region>rect{stroke-dasharray:5 4}
.hotrace-chart .history>rect{stroke-dasharray:2 3}
.hotrace-chart .state .name{font-weight:600}
.hotrace-chart .head{pointer-events:none}
.hotrace-chart .head text{paint-order:stroke;stroke:var(--hr-frame);stroke-width:5px}
.hotrace-chart .state .detail{font-size:${DETAIL_PX}px;fill:var(--hr-dim)}
.hotrace-chart .edge path,.hotrace-chart .initial path{fill:none;stroke:var(--hr-edge);
stroke-width:1.25;stroke-linejoin:round}
.hotrace-chart .edge .tip,.hotrace-chart .initial .tip,.hotrace-chart .initial circle{
fill:var(--hr-edge);stroke:none}
.hotrace-chart .edge .hit{stroke:transparent;stroke-width:9}
.hotrace-chart .edge text{font-size:${LABEL_PX}px;fill:var(--hr-label)}
.hotrace-chart .edge .halo{fill:var(--hr-frame);opacity:.88}
.hotrace-chart .always text{font-style:italic}
.hotrace-chart .always .line{stroke-dasharray:7 3}
.hotrace-chart .state.current>rect{fill:var(--hr-now);stroke:var(--hr-now-line);stroke-width:2.5}
.hotrace-chart .edge.last .line{stroke:var(--hr-now-line);stroke-width:3}
.hotrace-chart .edge.last .tip{fill:var(--hr-now-line)}
.hotrace-chart .edge.taken .line{stroke-width:calc(1.25px + 2.5px*var(--hr-heat,0))}
.hotrace-chart .edge.never .line{stroke:var(--hr-hot);stroke-dasharray:2 4}
.hotrace-chart .edge.never .tip{fill:var(--hr-hot)}
`.trim();
