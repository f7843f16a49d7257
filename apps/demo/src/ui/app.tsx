import { Compare } from './compare.js';
import { Costs } from './costs.js';
import { Exemplars } from './exemplars.js';
import { Film } from './film.js';
import { Header } from './header.js';
import { LabelForm } from './label-form.js';
import { Library } from './library.js';
import { Lists } from './lists.js';
import { Scoreboard } from './scoreboard.js';
import { Settings } from './settings.js';
import { SourceBar } from './source-bar.js';
import { Viewer } from './viewer.js';

/** The page. */
export function App() {
  return (
    <>
      <Header />
      <main>
        <SourceBar />
        <div class="arena">
          <Viewer />
          <Scoreboard />
        </div>
        <Film />
        <LabelForm />
        <Library />
        <Lists />
        <Compare />
        <Exemplars />
        <div class="pair">
          <Costs />
          <Settings />
        </div>
      </main>
      <footer>
        <p>
          MCoRe (An, Qi and Ma, ICASSP 2024), written anew in TypeScript. Labels: FineDiving, MIT, copyright 2022
          Jinglin Xu. Page and drawings: Apache License 2.0.
        </p>
      </footer>
    </>
  );
}
