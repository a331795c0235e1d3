import type { Server } from 'node:net'
import { AppError } from '../kernel/app-error.ts'

/** An address to listen at, and the settings that it comes from. */
export type ListeningPlace = { host: string; port: number; settings: { host: string; port: string } }

/** Opens a port. Throws an AppError that names the setting where the port or the address can't be had. */
export async function listenAt(server: Server, place: ListeningPlace): Promise<void> {
	try {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject)
			server.listen(place.port, place.host, () => {
				server.off('error', reject)
				resolve()
			})
		})
	} catch (error) {
		throw explainListening(error, place)
	}
}

/** What a failure to listen means for who set the address. */
export function explainListening(error: unknown, { host, port, settings }: ListeningPlace): unknown {
	const { code, syscall } = error as NodeJS.ErrnoException
	if (code === 'EADDRINUSE') {
		return new AppError('unavailable', 'errors.listen.in_use', {
			params: { host, port: String(port), setting: settings.port },
			cause: error,
		})
	}
	if (code === 'EACCES') {
		return new AppError('unavailable', 'errors.listen.permission', {
			params: { port: String(port), setting: settings.port },
			cause: error,
		})
	}
	if (syscall === undefined) return error
	return new AppError('unavailable', 'errors.listen.host', {
		params: { host, setting: settings.host },
		cause: error,
	})
}
