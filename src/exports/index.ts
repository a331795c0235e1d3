export type { Cell } from './data-set.ts'
export { type ExportedTable, exportNewsletter } from './export-newsletter.ts'
