import '@fontsource/barlow/latin-400.css';
import '@fontsource/barlow/latin-500.css';
import '@fontsource/barlow/latin-600.css';
import '@fontsource/barlow-condensed/latin-500.css';
import '@fontsource/barlow-condensed/latin-600.css';
import './style/base.css';
import './style/parts.css';
import './style/library.css';
import './style/print.css';
import type { EngineChoice } from '@mcore/engines';
import { render } from 'preact';
import { restoreLibrary } from './library/library.js';
import { restoreStageNames } from './library/stage-names.js';
import { followShown } from './state/follow-shown.js';
import { judgeWaiting } from './state/judge-all.js';
import { followRival } from './state/rival.js';
import { playing, showDive } from './state/showing.js';
import { engineChoice, firstDive, testDives } from './state/store.js';
import { App } from './ui/app.js';

const engines: readonly EngineChoice[] = ['auto', 'webgpu', 'wasm', 'cpu'];
const asked = new URLSearchParams(location.search).get('engine') as EngineChoice | null;
if (asked && engines.includes(asked)) engineChoice.value = asked;
playing.value = !matchMedia('(prefers-reduced-motion: reduce)').matches;

void restoreLibrary().then(() => judgeWaiting());
void restoreStageNames();
followShown();
followRival();
render(<App />, document.getElementById('app')!);

// training dives are among the exemplars: they would be compared with themselves
const linked = () => testDives.find(({ id }) => id === decodeURIComponent(location.hash.slice(1)));
showDive(linked() ?? firstDive);
addEventListener('hashchange', () => {
  const clip = linked();
  if (clip) showDive(clip);
});

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // a page that can't be kept offline works all the same
  navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {});
}
