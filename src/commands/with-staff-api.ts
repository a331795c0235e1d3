import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { controlSocketPath, isClaimed } from '../db/claim-data-folder.ts'
import type { Locale } from '../kernel/messages.ts'
import { commandLog } from './command-log.ts'
import { createStaffClient, type StaffClient } from './staff-client.ts'
import { tuneCompiler } from './tune-compiler.ts'

export type StaffApi = StaffClient & {
	/** Where no other process runs the workers: polls a source in this one. */
	pollHere: ((sourceId: number) => Promise<void>) | undefined
	/** Whether mail would be captured in this process and be gone with it. */
	losesMail: boolean
	/** Where no other process runs the workers: runs them in this one until the command ends. */
	workHere: (() => void) | undefined
}

/**
 * Finds who answers the staff API: the process that has the data folder open, or, where there is none (or the data is
 * on a server), this one. Whoever answers, it is the same code, and no API key is needed.
 */
export async function withStaffApi<Result>(
	locale: Locale,
	use: (api: StaffApi) => Promise<Result>,
): Promise<Result> {
	const config = readConfig()
	if (config.databaseUrl || !(await isClaimed(config.dataDir))) return withOwnApp(config, locale, use)
	const client = createStaffClient(controlSocketPath(config.dataDir), locale)
	return use({ ...client, pollHere: undefined, losesMail: false, workHere: undefined })
}

async function withOwnApp<Result>(
	config: Config,
	locale: Locale,
	use: (api: StaffApi) => Promise<Result>,
): Promise<Result> {
	// the rest of the house is only read in where it is needed: a running process answers at once
	const { openApp } = await import('../app.ts')
	const { startWorkers } = await import('../../workers/start-workers.ts')
	const { pollSource } = await import('../stories/index.ts')
	const embedded = config.databaseUrl === undefined
	if (embedded) tuneCompiler({ isShort: true })
	const folder = embedded ? config.dataDir : await mkdtemp(join(tmpdir(), 'envoi-'))
	try {
		const quiet = withQuietLog(config)
		const log = commandLog(quiet)
		const app = await openApp(quiet, embedded ? { log } : { log, controlFolder: folder })
		const client = createStaffClient(controlSocketPath(folder), locale)
		let workers: { stop(): void } | undefined
		try {
			return await use({
				...client,
				losesMail: embedded && app.captured !== undefined,
				pollHere: embedded ? async (sourceId) => void (await pollSource(app, { sourceId })) : undefined,
				workHere: embedded
					? () => {
							workers ??= startWorkers(app)
						}
					: undefined,
			})
		} finally {
			workers?.stop()
			await app.close()
		}
	} finally {
		if (!embedded) await rm(folder, { recursive: true, force: true })
	}
}

/** The terminal is for the command's own words; what went wrong still shows. */
function withQuietLog(config: Config): Config {
	return config.logLevel === 'info' ? { ...config, logLevel: 'error' } : config
}
