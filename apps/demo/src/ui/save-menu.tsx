import { partNames } from '../stages.js';
import { corrected, ready, shown, source, verdict } from '../state/store.js';
import { download, downloadBlob, stem, verdictCsv, verdictJson } from './save.js';
import { verdictPicture } from './verdict-picture.js';

/** The verdict to take away: printed, as numbers or as a picture. */
export function SaveMenu() {
  const now = shown.value;
  const engine = ready.value;
  const costs = verdict.value?.costs;
  return (
    <fieldset class="take">
      <legend>Save</legend>
      <button type="button" disabled={!now} onClick={() => print()}>
        PDF
      </button>
      <button
        type="button"
        disabled={!now}
        onClick={() => void verdictPicture().then((picture) => downloadBlob(`${fileName()}.png`, picture))}
      >
        Picture
      </button>
      <button
        type="button"
        disabled={!now || !engine}
        onClick={() => {
          const own = corrected.value ? verdict.value : null;
          download(`${fileName()}.json`, 'application/json', verdictJson(now!, engine!, costs!, own));
        }}
      >
        JSON
      </button>
      <button
        type="button"
        disabled={!now}
        onClick={() => download(`${fileName()}.csv`, 'text/csv', verdictCsv(now!, partNames(engine)))}
      >
        CSV
      </button>
    </fieldset>
  );
}

function fileName(): string {
  const now = source.value;
  return `${stem(now?.kind === 'file' ? now.name : (now?.clip.id ?? 'dive'))}-score`;
}
