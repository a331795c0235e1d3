import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
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
	await makeFolder(resolve(folder))
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

/** As `mkdir` with `recursive`, which never ends where a parent is there and takes no folder, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
	const make = () => mkdir(folder, { mode: 0o700 })
	try {
		await make()
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === 'ENOENT' && dirname(folder) !== folder) {
			await makeFolder(dirname(folder))
			await make()
		} else if (code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
	}
}

/**
 * Where the process that has the folder listens: in the folder, or, as sockets' paths are short (sun_path, 108 bytes), in
 * a folder for temporary files that is this account's alone. Throws an AppError where somebody else has that one.
 */
export function controlSocketPath(folder: string): string {
	const inside = join(resolve(folder), 'envoi.sock')
	const shorter = [inside, relative(process.cwd(), inside)].find((path) => Buffer.byteLength(path) < 100)
	if (shorter !== undefined) return shorter
	return join(ownTemporaryFolder(), `${createHash('sha256').update(inside).digest('hex').slice(0, 32)}.sock`)
}

function ownTemporaryFolder(): string {
	const { uid } = userInfo()
	const folder = join(tmpdir(), `envoi-${uid}`)
	mkdirSync(folder, { recursive: true, mode: 0o700 })
	// whoever else owns it could answer in the place of Envoi
	const found = lstatSync(folder)
	if (!found.isDirectory() || (uid >= 0 && found.uid !== uid) || (found.mode & 0o077) !== 0) {
		throw new AppError('conflict', 'errors.folder.not_private', { params: { folder } })
	}
	return folder
}

/** Whether a process listens on the socket of a folder. Throws where this account may not ask. */
export function isClaimed(folder: string): Promise<boolean> {
	return answers(controlSocketPath(folder))
}

async function claim(server: Server, path: string, folder: string): Promise<void> {
	if (await listens(server, path)) return chmod(path, 0o600)
	if (await answers(path)) {
		throw new AppError('conflict', 'errors.database.folder_in_use', { params: { folder: resolve(folder) } })
	}
	// left behind by a process that was killed
	await rm(path, { force: true })
	if (!(await listens(server, path))) {
		throw new AppError('conflict', 'errors.database.folder_in_use', { params: { folder: resolve(folder) } })
	}
	await chmod(path, 0o600)
}

function listens(server: Server, path: string): Promise<boolean> {
	return new Promise((done, fail) => {
		server.once('error', (error: NodeJS.ErrnoException) =>
			error.code === 'EADDRINUSE' ? done(false) : fail(error),
		)
		// over this socket everyone is the operator: it is made for this account alone, whatever it lets others do elsewhere
		const umask = process.umask(0o177)
		try {
			server.listen(path, () => {
				server.removeAllListeners('error')
				done(true)
			})
		} finally {
			process.umask(umask)
		}
	})
}

function answers(path: string): Promise<boolean> {
	return new Promise((done, fail) => {
		const socket = connect(path)
		const end = (answer: boolean) => {
			socket.destroy()
			done(answer)
		}
		socket.once('connect', () => end(true))
		socket.once('error', (error: NodeJS.ErrnoException) => {
			// another account's process may be behind it
			if (error.code === 'EACCES' || error.code === 'EPERM') fail(error)
			else end(false)
		})
	})
}
