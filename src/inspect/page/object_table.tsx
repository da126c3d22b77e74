/** All objects that were ever handed out. */
import { usePage } from './context.ts';
import { LifeText, ObjectName } from './parts/object.tsx';

export function ObjectTable() {
  const { run, view } = usePage();
  const words = run.words(view.position);
  const orphans = run.objects.orphans(words);
  const shown = run.objects.all.filter((object) => run.objects.life(object, words) !== 'never');
  return (
    <table class="objects">
      <thead>
        <tr>
          <th scope="col">object</th>
          <th scope="col">life</th>
          <th scope="col">struct</th>
          <th scope="col">at</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((object) => (
          <tr key={object.index} class={view.object === object.index ? 'chosen' : ''}>
            <th scope="row">
              <ObjectName object={object} />
            </th>
            <td>
              <LifeText object={object} isOrphan={orphans.has(object)} />
            </td>
            <td class="dim">{object.struct.name}</td>
            <td class="dim">{object.base}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
