import { createRoot } from 'react-dom/client';
import { Console } from '@/app/Console';
import { begin } from '@/i18n';
import './styles.css';

const root = document.getElementById('root');
if (root) void begin().then(() => createRoot(root).render(<Console />));
