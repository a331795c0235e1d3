import { type ResumeAfterRestoreDeps, resumeAfterRestore } from '../../../digests/index.ts'
import { type BackupDeps, makeBackup } from '../../../installation/index.ts'
import { mailWayOf } from '../../operation/mail-way.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors } from '../staff-answers.ts'
import { installationAnswer } from './installation-answer.ts'

export type InstallationDeps = BackupDeps &
	ResumeAfterRestoreDeps & {
		/** Where mail is kept instead of sent. */
		captured: object | undefined
		config: { publicUrl: string }
	}

const shared = { tag: 'Operation' } as const

/** Whether this database may send, and the word of staff that it shall. */
export function installationRoutes(deps: InstallationDeps): Route[] {
	const { installation } = deps
	const answer = async () => ({
		publicUrl: deps.config.publicUrl,
		mail: mailWayOf(deps),
		held: (await installation.findHold()) ?? null,
	})
	return [
		defineRoute({
			...shared,
			access: { permission: 'installation.read' },
			method: 'get',
			path: '/api/v1/installation',
			summary: 'Where the pages are, where mail goes, and whether sending is held after a restore',
			responses: {
				200: { description: 'These, and if it is held since when and why', schema: installationAnswer },
				...describeErrors(401),
			},
			handle: async () => ({ json: await answer() }),
		}),
		defineRoute({
			...shared,
			access: { permission: 'installation.resume' },
			method: 'post',
			path: '/api/v1/resume-after-restore',
			summary: 'Let a database that was restored or copied send',
			description:
				'What is due goes out from then on: look first at what the digests of this database say, for a backup does not know what was sent after it. Scheduled digests and drafts whose time came before wait for staff (`/api/v1/missed-digests`, the console). Twice is fine.',
			responses: {
				200: { description: 'Nothing is held any more', schema: installationAnswer },
				...describeErrors(401),
			},
			handle: async ({ request }) => {
				await resumeAfterRestore(deps, request.actor)
				return { json: await answer() }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'installation.backup' },
			method: 'get',
			path: '/api/v1/backup',
			summary: 'A backup of everything, as it is at this moment',
			description:
				'Lines of JSON with counts and checksums, neither compressed nor encrypted; the last says that it is whole. `envoi restore` takes it, compressed with gzip. What is in no database, such as the secret key, is not in it.',
			responses: {
				200: { description: 'The backup', contentType: 'application/x-ndjson' },
				...describeErrors(401),
			},
			handle: async ({ request }) => ({
				parts: await makeBackup(deps, request.actor),
				contentType: 'application/x-ndjson',
				headers: {
					'Cache-Control': 'no-store',
					'Content-Disposition': 'attachment; filename="envoi-backup.ndjson"',
				},
			}),
		}),
	]
}
