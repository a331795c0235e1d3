export { type Hold, type Installation, openInstallation } from './open-installation.ts'
export { resumeAfterRestore } from './resume-after-restore.ts'
export { retryFailedJob } from './retry-failed-job.ts'
