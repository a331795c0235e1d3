import { z } from 'zod'
import { anyNumber, listeningHost, port, wholeNumber } from './setting-kinds.ts'
import { imapUrl } from './url-settings.ts'

const count = (usual: number, max = 1_000_000) => wholeNumber(1, max).default(usual)

/** The settings of mail that comes back, as `.env.example` lists them. */
export const returnedMailSettings = {
	BOUNCE_SOFT_LIMIT: count(5, 100),
	BOUNCE_SOFT_DIGESTS: count(3, 100),
	BOUNCE_SOFT_DAYS: anyNumber(0, 365).default(14),
	BOUNCE_ALERT_PERCENT: anyNumber(0, 100).default(1),
	BOUNCE_ALERT_PER_HOUR: count(20),
	BOUNCE_REPORT_DAYS: count(30, 3_650),
	BOUNCE_EVENT_DAYS: count(730, 3_650),
	INBOUND_HOST: listeningHost.default('127.0.0.1'),
	INBOUND_PORT: port.optional(),
	INBOUND_TLS_KEY_FILE: z.string().optional(),
	INBOUND_TLS_CERT_FILE: z.string().optional(),
	INBOUND_MAX_BYTES: wholeNumber(10_000, 50_000_000).default(5_000_000),
	INBOUND_PER_IP_AND_MINUTE: count(600),
	INBOUND_CONNECTIONS_PER_IP: count(20, 200),
	INBOUND_MB_PER_IP_AND_DAY: count(200),
	INBOUND_MB_PER_DAY: count(1_000),
	IMAP_URL: imapUrl.optional(),
	IMAP_FOLDER: z.string().default('INBOX'),
	IMAP_READ_FOLDER: z.string().default('Envoi read'),
	IMAP_OTHER_FOLDER: z.string().default('Envoi other mail'),
	IMAP_POLL_SECONDS: count(300, 86_400),
}

type Given = z.output<z.ZodObject<typeof returnedMailSettings>>

/** What decides over bounces, where they come in, and how long they are kept. */
export type ReturnedMailConfig = Readonly<{
	bouncePolicy: Readonly<{
		/** An address that is not proven dead is given up after this many failures in a row … */
		softInARow: number
		/** … of this many digests … */
		softDigests: number
		/** … over this many days. */
		softDays: number
		alertPercent: number
		alertPerHour: number
	}>
	bounceReportDays: number
	bounceEventDays: number
	/** Where the inbound listener is; undefined: there is none. */
	inbound: InboundConfig | undefined
	/** The mailbox that is read; undefined: there is none. */
	imap: ImapConfig | undefined
}>

export type InboundConfig = Readonly<{
	host: string
	port: number
	tls: Readonly<{ keyFile: string; certFile: string }> | undefined
	maxBytes: number
	perIpAndMinute: number
	perHost?: number
	bytesPerHostAndDay?: number
	bytesPerDay?: number
}>

export type ImapConfig = Readonly<{
	url: string
	folder: string
	/** Where reports go that have been read, and where all other mail goes. */
	readFolder: string
	otherFolder: string
	pollSeconds: number
}>

/** Puts the settings of one matter together. */
export function readReturnedMail(set: Given): ReturnedMailConfig {
	const { INBOUND_TLS_KEY_FILE: keyFile, INBOUND_TLS_CERT_FILE: certFile } = set
	return {
		bouncePolicy: {
			softInARow: set.BOUNCE_SOFT_LIMIT,
			softDigests: set.BOUNCE_SOFT_DIGESTS,
			softDays: set.BOUNCE_SOFT_DAYS,
			alertPercent: set.BOUNCE_ALERT_PERCENT,
			alertPerHour: set.BOUNCE_ALERT_PER_HOUR,
		},
		bounceReportDays: set.BOUNCE_REPORT_DAYS,
		bounceEventDays: set.BOUNCE_EVENT_DAYS,
		inbound:
			set.INBOUND_PORT === undefined
				? undefined
				: {
						host: set.INBOUND_HOST,
						port: set.INBOUND_PORT,
						tls: keyFile && certFile ? { keyFile, certFile } : undefined,
						maxBytes: set.INBOUND_MAX_BYTES,
						perIpAndMinute: set.INBOUND_PER_IP_AND_MINUTE,
						perHost: set.INBOUND_CONNECTIONS_PER_IP,
						bytesPerHostAndDay: set.INBOUND_MB_PER_IP_AND_DAY * 1_000_000,
						bytesPerDay: set.INBOUND_MB_PER_DAY * 1_000_000,
					},
		imap: set.IMAP_URL
			? {
					url: set.IMAP_URL,
					folder: set.IMAP_FOLDER,
					readFolder: set.IMAP_READ_FOLDER,
					otherFolder: set.IMAP_OTHER_FOLDER,
					pollSeconds: set.IMAP_POLL_SECONDS,
				}
			: undefined,
	}
}
