import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { AppError } from '../kernel/app-error.ts'

/** A data folder that is this process's alone, until `release`. */
export type ClaimedFolder = {
	/** Answers requests of other processes of this machine over the socket in the folder. */
	serve(listener: RequestListener): void
	/** Whether a connection came over that socket. */
	isOurs(socket: unknown): boolean
	release(): Promise<void>
}

/**
 * Takes a data folder (made where it is missing) for this process: PGlite must not be opened twice. The claim is
 * a socket that listens, so it ends with the process however that ends. Throws a `conflict` AppError where another
 * process has it.
 */
export async function claimDataFolder(folder: string): Promise<ClaimedFolder> {
	await mkdir(folder, { recursive: true, mode: 0o700 })
	const path = controlSocketPath(folder)
	let listener: RequestListener = (_request, response) => void response.writeHead(503).end()
	const connections = new WeakSet<object>()
	const server = createServer((request, response) => listener(request, response))
	server.on('connection', (socket) => connections.add(socket))
	await claim(server, path, folder)
	return {
		serve: (next) => {
			listener = next
		},
		isOurs: (socket) => typeof socket === 'object' && socket !== null && connections.has(socket),
		release: () =>
			new Promise((done) => {
				server.close(() => done())
				server.closeAllConnections()
			}),
	}
}

/** Where the process that has the folder listens. Sockets' paths are short (sun_path, 108 bytes). */
export function controlSocketPath(folder: string): string {
	const inside = join(resolve(folder), 'envoi.sock')
	const shorter = [inside, relative(process.cwd(), inside)].find((path) => Buffer.byteLength(path) < 100)
	return (
		shorter ?? join(tmpdir(), `envoi-${createHash('sha256').update(inside).digest('hex').slice(0, 32)}.sock`)
	)
}

/** Whether a process listens on the socket of a folder. */
export function isClaimed(folder: string): Promise<boolean> {
	return answers(controlSocketPath(folder))
}

async function claim(server: Server, path: string, folder: string): Promise<void> {
	if (await listens(server, path)) return
	if (await answers(path)) {
		throw new AppError('conflict', 'errors.database.folder_in_use', { params: { folder: resolve(folder) } })
	}
	// left behind by a process that was killed
	await rm(path, { force: true })
	if (!(await listens(server, path))) {
		throw new AppError('conflict', 'errors.database.folder_in_use', { params: { folder: resolve(folder) } })
	}
}

function listens(server: Server, path: string): Promise<boolean> {
	return new Promise((done, fail) => {
		server.once('error', (error: NodeJS.ErrnoException) =>
			error.code === 'EADDRINUSE' ? done(false) : fail(error),
		)
		server.listen(path, () => {
			server.removeAllListeners('error')
			done(true)
		})
	})
}

function answers(path: string): Promise<boolean> {
	return new Promise((done) => {
		const socket = connect(path)
		const end = (answer: boolean) => {
			socket.destroy()
			done(answer)
		}
		socket.once('connect', () => end(true))
		socket.once('error', () => end(false))
	})
}
