/** What a customization's `directions` may answer, added up: it wants to see what applications send, or what arrives for them. */
export const DIRECTION_SENT: u32 = 1;
export const DIRECTION_RECEIVED: u32 = 2;
