export type { Cell } from './data-set.ts'
export {
	type DataSetName,
	dataSetNames,
	type ExportedTable,
	exportNewsletter,
} from './export-newsletter.ts'
