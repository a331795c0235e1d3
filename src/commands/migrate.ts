import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { commandLog } from './command-log.ts'
import { tuneCompiler } from './tune-compiler.ts'

/** `envoi migrate`: brings the database to this version and ends; the same happens at every start. */
export async function migrate(): Promise<void> {
	const config = readConfig()
	if (!config.databaseUrl) tuneCompiler({ isShort: true })
	const app = await openApp(config, { log: commandLog(config) })
	await app.close()
}
