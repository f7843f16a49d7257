import { checkReportData } from './check.js';
import { clipsSection } from './clips-section.js';
import { curvesSection } from './curves-section.js';
import { page } from './page.js';
import type { ReportData } from './report-data.js';
import { scoresSection } from './scores-section.js';
import { setupSection } from './setup-section.js';
import { stagesSection } from './stages-section.js';
import { keyFigures, summarySection } from './summary-section.js';

/**
 * Renders one self-contained HTML page about a run: no scripts, no network, light and dark, fit for print and phone.
 *
 * @param data - What is known of the run; sections whose data are missing are left out.
 * @returns The page as text, to be written as UTF-8. Equal data give equal text.
 * @throws {@link DataError} if the data contradict themselves: a detail without its prediction, an image that is no data
 *   URI, a metric that the table does not have, a score that is not finite.
 */
export function renderReport(data: ReportData): string {
  checkReportData(data);
  return page({
    ...data,
    figures: keyFigures(data),
    sections: [
      ['Results', 'summary', summarySection(data)],
      ['Training', 'training', curvesSection(data)],
      ['Scores', 'scores', scoresSection(data)],
      ['Stages', 'stages', stagesSection(data)],
      ['Clips', 'clips', clipsSection(data)],
      ...setupSection(data),
    ],
  });
}
