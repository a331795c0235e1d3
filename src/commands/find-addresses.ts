import type { InstallationAnswer } from '../http/api/index.ts'
import type { StaffApi } from './with-staff-api.ts'

/**
 * Where pages are to be opened, and where captured mail is shown if mail is captured: as the process that serves has it,
 * whose settings may be others than those of this command.
 */
export async function findAddresses(
	api: Pick<StaffApi, 'get'>,
): Promise<{ publicUrl: string; mailbox: string | undefined }> {
	const { publicUrl, mail } = await api.get<InstallationAnswer>('/installation')
	return { publicUrl, mailbox: mail === 'captured' ? `${publicUrl}/dev/mailbox` : undefined }
}
