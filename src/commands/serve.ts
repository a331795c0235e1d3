import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startWorkers } from '../../workers/start-workers.ts'
import { type App, openApp } from '../app.ts'
import { isOnThisMachine } from '../config/is-on-this-machine.ts'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import { hasInbound, startInbound } from './start-inbound.ts'
import { nameUnknownSettings, requireWayOut, tellOfWayOut } from './start-mail.ts'
import { watchStalls } from './watch-stalls.ts'
import { workInBackground } from './work-in-background.ts'

export type Role = 'api' | 'workers' | 'inbound'

const roleNames: readonly Role[] = ['api', 'workers', 'inbound']

const closeWithinMs = 10_000

/** `--roles api,workers` as a list; throws a sentence for a role that there is not. */
export function parseRoles(text: string): Role[] {
	return text.split(',').map((part) => {
		const named = part.trim()
		const role = roleNames.find((known) => known === named)
		if (role) return role
		throw new AppError('invalid', 'errors.roles.unknown', { params: { role: named } })
	})
}

/**
 * `envoi serve`: runs the API, the workers and what takes in returned mail until SIGTERM or SIGINT: the given roles, else
 * all that are set up. Without DATABASE_URL the database lives in this one process, so API and workers must too.
 */
export async function serve(given?: readonly Role[]): Promise<void> {
	const config = readConfig()
	const roles = given ?? usualRoles(config)
	if (!config.databaseUrl && !(roles.includes('api') && roles.includes('workers'))) {
		throw new AppError('invalid', 'errors.roles.need_database_url')
	}
	if (roles.includes('inbound') && !hasInbound(config)) {
		throw new AppError('invalid', 'errors.roles.inbound_unset')
	}
	// what only takes mail in sends none
	if (roles.some((role) => role !== 'inbound')) requireWayOut(config)
	const app = await openApp(config, { routes: roles.includes('api') ? 'all' : 'health' })
	nameUnknownSettings(config, app.log)
	if (!roles.includes('api')) await workInBackground()
	const workers = roles.includes('workers') ? startWorkers(app) : undefined
	const inbound = roles.includes('inbound') ? await startInbound(app) : undefined
	const alarm = watchStalls(app)
	const server = await listen(app)
	app.log.info(
		{
			roles,
			database: app.databaseKind,
			queue: config.redisUrl ? 'redis' : app.databaseKind,
			mail: app.captured ? 'captured' : 'relay',
		},
		'Envoi runs',
	)
	void tellOfWayOut(app)
	if (config.smtpUrl && isOnThisMachine(config.publicUrl)) {
		app.log.warn(
			{ url: config.publicUrl },
			'PUBLIC_URL leads to this machine only: no reader elsewhere can confirm, or leave, by a link of a mail',
		)
	}
	await untilStopped()
	app.log.info({}, 'stopping')
	const forced = setTimeout(() => {
		app.log.error({}, 'not everything closed in time')
		process.exit(1)
	}, closeWithinMs)
	stopAccepting(server)
	await inbound?.close()
	workers?.stop()
	alarm.stop()
	await app.close()
	clearTimeout(forced)
}

function usualRoles(config: Config): Role[] {
	return hasInbound(config) ? ['api', 'workers', 'inbound'] : ['api', 'workers']
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
