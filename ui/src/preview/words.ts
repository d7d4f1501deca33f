/** The few words of the preview that the field app does not have. */
import { words } from '$shared/i18n';

const en = {
  strip: 'Trying out: nothing is kept. Photographs, signatures and submitting are not part of it.',
  site: 'Trial site',
  not_here: 'This is not part of trying out a checklist.',
  ended: 'Here the trial ends',
  ended_next: 'Signing and submitting are done on a device only. Nothing of this trial was kept.',
  back: 'Back to the items',
};
const zh: typeof en = {
  strip: '试填：不保存任何内容，不含拍照、签字和提交。',
  site: '试填场所',
  not_here: '试填检查表时没有此功能。',
  ended: '试填到此为止',
  ended_next: '签字和提交只能在设备上进行。本次试填没有保存任何内容。',
  back: '返回检查项',
};

export const t = words({ en, zh });
