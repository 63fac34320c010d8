// The decisions that are picked, and taking them back.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PickedBar } from '@/parts/image/filterParts';
import type { Picker } from '@/parts/table/selection';
import type { Decision } from './filters';
import { RevokeSeveral } from './RevokeSeveral';

/** The bar, once something is picked; `known` are the decisions that were shown. */
export function Picked({ picker, known }: { picker: Picker; known: ReadonlyMap<number, Decision> }) {
  const { t } = useTranslation('decisionlist');
  const [revoking, setRevoking] = useState(false);
  const ids = [...picker.selection.ids].filter((id) => known.get(id)?.state !== 'revoked');
  return (
    <>
      {picker.some && (
        <PickedBar
          words={t('pickedCount', { count: picker.selection.ids.size })}
          clear={picker.clear}
          decide={() => setRevoking(true)}
          decideWords={t('revokeThem', { count: ids.length })}
          none={ids.length === 0}
        />
      )}
      <RevokeSeveral open={revoking} ids={ids} close={() => setRevoking(false)} done={picker.clear} />
    </>
  );
}
