export { closeAlert } from './close-alert.ts'
export {
	findAlertOfDigest,
	findClosedAlertOfDigest,
	listAlerts,
	listAlertsOfNewsletter,
	listPausingAlerts,
} from './list-alerts.ts'
export { raiseRelayAlert } from './raise-relay-alert.ts'
export { closeSignupAlert, raiseSignupAlert } from './signup-alerts.ts'
export {
	type Alert,
	type AlertOfNewsletter,
	claimPauses,
	closeMailboxAlert,
	type RaisedAlert,
	raiseMailboxAlert,
	upsertAlert,
} from './store.ts'
