// One image as a page: the same as in the drawer of the lists. Its texts are those of parts/image.
import { useParams } from '@tanstack/react-router';
import ImageView from '@/parts/image/ImageView';
import { Missing } from '@/parts/Missing';

/** The page. */
export default function ImagePage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  if (!id || !/^\d{1,15}$/.test(id)) return <Missing />;
  return (
    <div className="page">
      <ImageView id={Number(id)} />
    </div>
  );
}
