import { type Digest, type DigestSlot, digestSlots, type StoredRendition } from '../digests/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { formatAddress } from '../kernel/email-address.ts'
import type { Keys } from '../kernel/keys.ts'
import {
	type PreparedMessage,
	type PrepareMessage,
	type ReadyMessage,
	type SharedBlocks,
	slotMarker,
} from '../kernel/mail.ts'
import { type Newsletter, textIn } from '../newsletters/index.ts'
import {
	hasRoomForAddress,
	preferencesUrl,
	unsubscribeAddress,
	unsubscribeUrl,
} from '../subscriptions/index.ts'
import { envelopeIdOf, messageIdOf, returnPathWith } from './delivery-tokens.ts'
import { digestHeaders, type HeaderConfig } from './digest-headers.ts'

export type ComposeDeps = {
	keys: Keys
	clock: Clock
	prepareMessage: PrepareMessage
	config: HeaderConfig & {
		bounceDomain: string | undefined
		inbound: object | undefined
		imap: object | undefined
	}
}

export type Recipient = {
	subscriptionId: number
	renditionId: number
	local: string
	domain: string
	/** Undefined where the newsletter greets nobody by name. */
	givenName?: string | null | undefined
}

/** Throws where the rendition is gone or a value can't be put in. */
export type Composer = (recipient: Recipient) => ReadyMessage

type Edition = {
	digest: Pick<Digest, 'id'>
	newsletter: Newsletter
	renditions: Iterable<StoredRendition> | AsyncIterable<StoredRendition>
}

/** Compiles a digest's renditions once; for each recipient only their own values are put in. */
export async function createComposer(deps: ComposeDeps, edition: Edition): Promise<Composer> {
	const { digest, newsletter } = edition
	const messages = await prepareAll(deps, edition)
	const fromDomain = newsletter.fromAddress.slice(newsletter.fromAddress.lastIndexOf('@') + 1)
	const { bounceDomain } = deps.config
	const leavingDomain = domainForLeaving(deps)

	const compose: Composer = ({ subscriptionId, renditionId, givenName, ...address }) => {
		const message = messages.get(renditionId)
		if (!message) throw new Error('the rendition is gone')
		const delivery = { digestId: digest.id, subscriptionId }
		const to = formatAddress(address)
		const envelopeId = envelopeIdOf(deps.keys, delivery)
		return message.fill({
			envelope: {
				from: bounceDomain ? returnPathWith(envelopeId, bounceDomain) : newsletter.fromAddress,
				to,
				envelopeId,
			},
			to: { address: to },
			date: deps.clock.now(),
			messageId: messageIdOf(deps.keys, delivery, fromDomain),
			values: {
				unsubscribe: unsubscribeUrl(deps, delivery),
				preferences: preferencesUrl(deps, delivery),
				givenName: givenName ? { name: givenName } : '',
				unsubscribeMail: leavingDomain ? unsubscribeAddress(deps.keys, delivery, leavingDomain) : '',
			},
		})
	}
	// fails here for all, rather than for each recipient
	for (const id of messages.keys()) {
		compose({ subscriptionId: 1, renditionId: id, local: 'nobody', domain: 'example.org' })
	}
	return compose
}

/** So many are held whole: languages have little in common, and blocks are more writes to the socket. */
const wholeRenditions = 8

async function prepareAll(
	deps: ComposeDeps,
	{ digest, newsletter, renditions }: Edition,
): Promise<Map<number, PreparedMessage<DigestSlot>>> {
	const prepared = new Map<number, PreparedMessage<DigestSlot>>()
	const blocks: SharedBlocks = new Map()
	for await (const { id, locale, subject, html, text, nonce } of renditions) {
		const headers = digestHeaders(deps.config, newsletter, {
			locale,
			digestId: digest.id,
			unsubscribeUrl: slotMarker(nonce, 'unsubscribe'),
			unsubscribeAddress: domainForLeaving(deps) && slotMarker(nonce, 'unsubscribeMail'),
		})
		const content = { ...senderOf(newsletter, locale), subject, headers, html, text }
		const shared = prepared.size < wholeRenditions ? undefined : blocks
		prepared.set(id, await deps.prepareMessage(content, nonce, digestSlots, shared))
	}
	return prepared
}

/** Undefined where nobody would read it. */
function domainForLeaving({ keys, config }: ComposeDeps): string | undefined {
	return config.inbound || config.imap
		? (hasRoomForAddress(keys) && config.bounceDomain) || undefined
		: undefined
}

/** Exactly one From (RFC 5322 §3.6.2), and where answers go. */
export function senderOf(newsletter: Newsletter, locale: string) {
	return {
		from: { name: textIn(newsletter, locale).fromName, address: newsletter.fromAddress },
		replyTo: newsletter.replyTo ? { address: newsletter.replyTo } : undefined,
	}
}
