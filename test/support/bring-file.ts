import type { App } from '../../src/app.ts'
import { type Actor, operator } from '../../src/kernel/actor.ts'
import type { ImportOutcome } from '../../src/kernel/enumerations.ts'
import {
	beginCheck,
	beginRun,
	changeImport,
	continueImport,
	getImport,
	type ImportChanges,
	type ImportRecord,
	startImport,
} from '../../src/subscriptions/index.ts'

/** People who asked for it on paper. */
export const asked: ImportChanges['basis'] = {
	kind: 'asked',
	day: '2024-03-01',
	words: 'I would like the newsletter.',
	evidence: 'paper forms',
}

export type Bringing = { newsletter?: string; basis?: ImportChanges['basis']; actor?: Actor } & Pick<
	ImportChanges,
	'overwrite' | 'shape'
>

/** Brings a file and has it checked, in this process. */
export async function bringFile(
	app: App,
	csv: string | Buffer,
	{ newsletter = 'news', basis = asked, overwrite, shape, actor = operator }: Bringing = {},
): Promise<ImportRecord> {
	const file = { newsletter, fileName: 'readers.csv', content: [Buffer.from(csv)] }
	const { id } = await startImport(app, file, actor)
	await changeImport(app, id, { basis, overwrite, shape }, actor)
	await beginCheck(app, id, actor)
	return settle(app, id)
}

/** Works on an import until it is over, beside the workers where there are any. */
async function settle(app: App, importId: number): Promise<ImportRecord> {
	for (;;) {
		await continueImport(app, { importId })
		const found = await getImport(app, importId, operator)
		if (found.state !== 'checking' && found.state !== 'running') return found
	}
}

/** As `bringFile`, and has it run. */
export async function importFile(app: App, csv: string | Buffer, how: Bringing = {}): Promise<ImportRecord> {
	const { id } = await bringFile(app, csv, how)
	await beginRun(app, id, operator)
	return settle(app, id)
}

/** Those of the outcomes of an import that are not 0. */
export function outcomesOf({ outcomes }: ImportRecord): Partial<Record<ImportOutcome, number>> {
	return Object.fromEntries(Object.entries(outcomes ?? {}).filter(([, count]) => count > 0))
}
