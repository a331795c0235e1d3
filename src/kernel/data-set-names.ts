/** The tables that a newsletter is exported as. */
export const dataSetNames = [
	'readers',
	'receipts',
	'suppressions',
	'topics',
	'sources',
	'stories',
	'digests',
	'deliveries',
] as const
export type DataSetName = (typeof dataSetNames)[number]
