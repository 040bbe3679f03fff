#include "nas/fft.h"
#include "nas/micro.h"
#include "nas/stages.h"

void nas_micro_frame(const nas_micro_tables_t *tables, const int16_t *samples, int32_t *work,
                     int8_t *features) {
    const nas_frame_t frame = {tables->window, tables->win_length, tables->n_fft, 0, 0};
    const nas_mel_t mel = {tables->mel_start, tables->mel_weight, tables->n_channels, 0};
    uint32_t *const noise = (uint32_t *)work;
    int32_t *const energies = work + tables->n_channels;
    uint32_t *const signal = (uint32_t *)energies;
    int32_t *const spectrum = energies + 2u * tables->n_channels;

    nas_frame_window(&frame, samples, spectrum);
    nas_fft_real(spectrum, tables->sine, tables->n_fft);
    nas_mel_energies(&mel, spectrum, energies);
    nas_micro_signal(tables, energies, signal);
    nas_micro_noise(tables, noise, signal);
    if (tables->pcan != 0u) {
        nas_micro_pcan(tables, noise, signal);
    }
    nas_micro_features(tables, signal, features);
}
