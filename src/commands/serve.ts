import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startWorkers } from '../../workers/start-workers.ts'
import { type App, openApp } from '../app.ts'
import { isOnThisMachine } from '../config/is-on-this-machine.ts'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../kernel/log.ts'
import { firstOwnerLink } from '../staff/index.ts'
import type { CommandContext } from './command-context.ts'
import { commandLog, isAtTerminal } from './command-log.ts'
import { greeting } from './greet.ts'
import { type ListeningPlace, listenAt } from './listen-at.ts'
import { hasInbound, startInbound } from './start-inbound.ts'
import { nameUnknownSettings, requireWayOut, tellOfWayOut } from './start-mail.ts'
import { tuneCompiler } from './tune-compiler.ts'
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
export async function serve(given: readonly Role[] | undefined, t: CommandContext['t']): Promise<void> {
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
	const log = commandLog(config)
	nameUnknownSettings(config, log)
	await checkPort(config)
	const { app, stop } = await start(config, roles, log)
	// before it is told that Envoi runs: who was waiting for that may stop it at once
	const stopped = untilStopped()
	if (isAtTerminal()) process.stderr.write(`${greeting(config, t, await ownerLinkOf(app, roles))}\n`)
	tellHowItRuns(app, roles)
	// the greeting has said where captured mail is
	if (!(isAtTerminal() && app.captured)) void tellOfWayOut(app)
	await stopped
	log.info({}, 'stopping')
	const forced = setTimeout(() => {
		log.error({}, 'not everything closed in time')
		process.exit(1)
	}, closeWithinMs)
	await stop()
	clearTimeout(forced)
}

type Running = { app: App; stop(): Promise<void> }

/** Opens all and starts to work; closes what was opened where a part can't be had. */
async function start(config: Config, roles: readonly Role[], log: Log): Promise<Running> {
	if (!config.databaseUrl) tuneCompiler({ isShort: false })
	const app = await openApp(config, { log, routes: roles.includes('api') ? 'all' : 'health' })
	let server: Server | undefined
	try {
		// the ports first: where one can't be had nothing has begun to work
		server = await listen(app)
		const opened = server
		const inbound = roles.includes('inbound') ? await startInbound(app) : undefined
		if (!roles.includes('api')) await workInBackground()
		const workers = roles.includes('workers') ? startWorkers(app) : undefined
		const alarm = watchStalls(app)
		return {
			app,
			stop: async () => {
				stopAccepting(opened)
				await inbound?.close()
				workers?.stop()
				alarm.stop()
				await app.close()
			},
		}
	} catch (error) {
		server?.close()
		await app.close()
		throw error
	}
}

/** Printed for who started it, never logged: who has it owns the console. */
async function ownerLinkOf(app: App, roles: readonly Role[]): Promise<string | undefined> {
	return roles.includes('api') ? firstOwnerLink(app) : undefined
}

function tellHowItRuns({ config, log, databaseKind, captured }: App, roles: readonly Role[]): void {
	const queue = config.redisUrl ? 'redis' : databaseKind
	const mail = captured ? 'captured' : 'relay'
	if (!isAtTerminal()) log.info({ roles, database: databaseKind, queue, mail }, 'Envoi runs')
	if (config.smtpUrl && isOnThisMachine(config.publicUrl)) {
		log.warn(
			{ url: config.publicUrl },
			'PUBLIC_URL leads to this machine only: no reader elsewhere can confirm, or leave, by a link of a mail',
		)
	}
}

function usualRoles(config: Config): Role[] {
	return hasInbound(config) ? ['api', 'workers', 'inbound'] : ['api', 'workers']
}

/** Opening a database can take a while: a port or an address that can't be had is told before. */
async function checkPort(config: Config): Promise<void> {
	const server = createServer()
	await listenAt(server, placeOf(config))
	await new Promise((resolve) => server.close(resolve))
}

/** Opens the port, a worker's too: it answers whether it lives. The log says where. */
export async function listen(app: App): Promise<Server> {
	const server = createServer(app.http)
	// a proxy keeps connections for about a minute: closing first would cost it requests
	server.keepAliveTimeout = 65_000
	await listenAt(server, placeOf(app.config))
	const { port } = server.address() as AddressInfo
	const { host, publicUrl: url } = app.config
	if (!isAtTerminal()) app.log.info({ host, port, url }, 'listening')
	return server
}

function placeOf({ host, port }: Config): ListeningPlace {
	return { host, port, settings: { host: 'HOST', port: 'PORT' } }
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
