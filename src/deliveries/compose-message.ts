import { auditDigest, getDigest, readRenditions } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Database } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { type SignDkim, wholeMessage } from '../kernel/mail.ts'
import { asksGivenName, getNewsletter } from '../newsletters/index.ts'
import { type ComposeDeps, createComposer } from './create-composer.ts'
import { findReader, type Reader } from './store/readers.ts'

export type ComposeMessageDeps = ComposeDeps & { db: Database; signDkim: SignDkim | undefined }

/**
 * The message that a reader is sent of a digest, or would be before it is planned: all of it as SMTP carries it
 * (RFC 5322, CRLF), signed where keys are set, with the time of this moment. Throws `invalid` for what is no
 * address, `not_found` where the digest goes to no such reader.
 */
export async function composeMessage(
	deps: ComposeMessageDeps,
	digestId: number,
	typedAddress: string,
	actor: Actor,
): Promise<Buffer> {
	const parsed = parseEmailAddress(typedAddress)
	if (!parsed.ok) throw invalidField('to', `errors.address.${parsed.problem}`)
	const digest = await getDigest(deps, digestId)
	const renditions = readRenditions(deps.db, digestId)
	const reader = await findReader(deps.db, digestId, parsed.address.comparable)
	const renditionId = reader && chooseRendition(reader, digest.audience !== null)
	if (!reader || renditionId === undefined) {
		throw new AppError('not_found', 'errors.digest.no_such_reader', { params: { id: digestId } })
	}
	const newsletter = await getNewsletter(deps, { id: digest.newsletterId })
	const compose = await createComposer(deps, { digest, newsletter, renditions })
	await auditDigest(deps, actor, 'compose', digestId)
	const { subscriptionId, local, domain } = reader
	const givenName = asksGivenName(newsletter) ? reader.givenName : null
	const { raw } = compose({ subscriptionId, renditionId, local, domain, givenName })
	const signatures = (await deps.signDkim?.(raw)) ?? ''
	return Buffer.from(signatures + wholeMessage(raw))
}

function chooseRendition(
	{ delivery, mayBeMailed, renditionId }: Reader,
	isPlanned: boolean,
): number | undefined {
	if (delivery) return delivery.state === 'excluded' ? undefined : delivery.renditionId
	return isPlanned || !mayBeMailed ? undefined : renditionId
}
