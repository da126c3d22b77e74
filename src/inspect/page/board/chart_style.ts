/** The style of drawn charts, once a page: as a sheet of its own, which no policy forbids. */
import { useEffect } from 'preact/hooks';
import { STYLE } from '../../diagram/svg_style.ts';

export function useChartStyle(): void {
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  }, []);
}
