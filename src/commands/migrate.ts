import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'

/** `envoi migrate`: brings the database to this version and ends; the same happens at every start. */
export async function migrate(): Promise<void> {
	const app = await openApp(readConfig())
	await app.close()
}
