import { amazonSes } from './amazon-ses.ts'
import { brevo } from './brevo.ts'
import { generic } from './generic.ts'
import { mailgun } from './mailgun.ts'
import { mailjet } from './mailjet.ts'
import { postmark } from './postmark.ts'
import type { WebhookProvider } from './provider.ts'
import { sendgrid } from './sendgrid.ts'
import { sparkpost } from './sparkpost.ts'

/** The providers whose webhooks are understood. */
export const webhookProviders: readonly WebhookProvider[] = [
	amazonSes,
	brevo,
	generic,
	mailgun,
	mailjet,
	postmark,
	sendgrid,
	sparkpost,
]
