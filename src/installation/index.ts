export { type Hold, type Installation, openInstallation } from './open-installation.ts'
