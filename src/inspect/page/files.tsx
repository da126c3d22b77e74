/** The run as files for other tools. */
import { EXPORTS, type ExportFormat } from '../export/export.ts';
import { traceOf } from '../export/trace_of.ts';
import { usePage } from './context.ts';
import { download } from './parts/download.ts';

const FORMATS: readonly ExportFormat[] = ['perfetto', 'ftrace', 'csv', 'shiviz'];

export function Files() {
  const { run } = usePage();
  const { target, design } = run.document;
  const name = `${target}.${design}`.replace(/[^\w.-]+/g, '.');
  return (
    <table class="files">
      <tbody>
        {FORMATS.map((format) => {
          const { about, extension, mime, write } = EXPORTS[format];
          return (
            <tr key={format}>
              <th scope="row">{format}</th>
              <td>{about}</td>
              <td>
                <button
                  type="button"
                  onClick={() =>
                    download(`${name}${extension}`, mime, write(traceOf(run.document)))
                  }
                >
                  save
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
