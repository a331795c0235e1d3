/** Every page there is, by whom it serves: `visitors/confirm` is the template `visitors/pages/confirm.eta`. */
export const pageNames = [
	'operation/docs',
	'operation/mailbox',
	'operation/mailbox-mail',
	'server/error',
	'server/parts/form-code',
	'visitors/check-mail',
	'visitors/confirm',
	'visitors/confirm-answer',
	'visitors/confirm-unknown',
	'visitors/form-code',
	'visitors/home',
	'visitors/leave',
	'visitors/leave-erased',
	'visitors/leave-thanks',
	'visitors/leave-undone',
	'visitors/leave-unknown',
	'visitors/left',
	'visitors/left-all',
	'visitors/pause',
	'visitors/preferences',
	'visitors/preferences-erased',
	'visitors/preferences-left',
	'visitors/preferences-unknown',
	'visitors/subscribe',
] as const

export type PageName = (typeof pageNames)[number]
