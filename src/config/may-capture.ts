import { isOnThisMachine } from './is-on-this-machine.ts'

/**
 * Whether mail may be kept instead of sent: where CAPTURE_MAIL says so, else only where links lead to this machine. Where
 * readers are elsewhere, mail that reaches nobody must not count as sent.
 */
export function mayCapture(config: { captureMail: boolean | undefined; publicUrl: string }): boolean {
	return config.captureMail ?? isOnThisMachine(config.publicUrl)
}
