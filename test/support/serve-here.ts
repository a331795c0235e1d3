import { type App, openApp } from '../../src/app.ts'
import { listen } from '../../src/commands/serve.ts'
import { readConfig } from '../../src/config.ts'
import { startWorkers } from '../../workers/start-workers.ts'

export type ServingHere = { app: App; close(): Promise<void> }

/**
 * Answers for a data folder in this process, as `envoi serve` does in one of its own: at the port of the settings, and to the
 * commands beside it, each of which would else open the database for itself.
 */
export async function serveHere(settings: Record<string, string>): Promise<ServingHere> {
	const app = await openApp(readConfig({ LOG_LEVEL: 'silent', ...settings }))
	const server = await listen(app)
	const workers = startWorkers(app)
	return {
		app,
		close: async () => {
			server.close()
			server.closeAllConnections()
			workers.stop()
			await app.close()
		},
	}
}
