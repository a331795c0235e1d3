/** When whoever signs up is asked for a solution: never, while the caps are nearly used up or there is an attack, or always. */
export const challengeModes = ['never', 'under_pressure', 'always'] as const
export type ChallengeMode = (typeof challengeModes)[number]
