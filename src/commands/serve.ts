import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startWorkers } from '../../workers/start-workers.ts'
import { type App, openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import { watchStalls } from './watch-stalls.ts'

export type Role = 'api' | 'workers'

const closeWithinMs = 10_000

/** `--roles api,workers` as a list; throws a sentence for a role that there is not. */
export function parseRoles(text: string): Role[] {
	return text.split(',').map((part) => {
		const role = part.trim()
		if (role === 'api' || role === 'workers') return role
		throw new AppError('invalid', 'errors.roles.unknown', { params: { role } })
	})
}

/**
 * `envoi serve`: runs the API, the workers or both until SIGTERM or SIGINT. Without DATABASE_URL the database lives in
 * this one process, so both roles must.
 */
export async function serve(roles: readonly Role[]): Promise<void> {
	const config = readConfig()
	if (!config.databaseUrl && new Set(roles).size < 2) {
		throw new AppError('invalid', 'errors.roles.need_database_url')
	}
	const app = await openApp(config, { routes: roles.includes('api') ? 'all' : 'health' })
	const workers = roles.includes('workers') ? startWorkers(app) : undefined
	const alarm = watchStalls(app)
	const server = await listen(app)
	app.log.info(
		{ roles, database: app.databaseKind, queue: config.redisUrl ? 'redis' : app.databaseKind },
		'Envoi runs',
	)
	await untilStopped()
	app.log.info({}, 'stopping')
	const forced = setTimeout(() => {
		app.log.error({}, 'not everything closed in time')
		process.exit(1)
	}, closeWithinMs)
	stopAccepting(server)
	workers?.stop()
	alarm.stop()
	await app.close()
	clearTimeout(forced)
}

/** Opens the port, a worker's too: it answers whether it lives. The log says where. */
export async function listen(app: App): Promise<Server> {
	const { host, port } = app.config
	const server = createServer(app.http)
	// a proxy keeps connections for about a minute: closing first would cost it requests
	server.keepAliveTimeout = 65_000
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject)
		server.listen(port, host, () => resolve())
	})
	const { port: opened } = server.address() as AddressInfo
	app.log.info({ host, port: opened, url: app.config.publicUrl }, 'listening')
	return server
}

function stopAccepting(server: Server): void {
	server.close()
	server.closeIdleConnections()
}

function untilStopped(): Promise<void> {
	return new Promise((resolve) => {
		process.once('SIGTERM', () => resolve())
		process.once('SIGINT', () => resolve())
	})
}
