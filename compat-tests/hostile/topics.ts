/** The topics that the attacks are about. */
export const bigTopic = 'big';
export const plainTopic = 'plain';
export const compactedTopic = 'compacted';
export const recompressedTopic = 'recompressed';
/** Its rules make the broker look into what is sent, and its batches may be large. */
export const roomyTopic = 'roomy';
/** What the honest client writes and reads. */
export const witnessTopic = 'witness';
