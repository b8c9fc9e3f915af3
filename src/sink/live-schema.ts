/** What the messages of the live stream are; a change that a viewer must know of changes the number. */
export const liveSchema = 'authtap.live/1'
