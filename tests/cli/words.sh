#!/bin/sh
# Words as they are copied from a notebook of Keras: modules, quotes, defaults, input_shape, names that a line defines.
# Those of PyTorch are told.
. tests/cli/common

cat > copied.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2)
define:
  - he_avg_init = tf.keras.initializers.VarianceScaling(scale=2., mode='fan_avg', distribution='uniform')
  - RegularizedDense = partial(tf.keras.layers.Dense, activation="relu", kernel_initializer=he_avg_init)
model:
  - tf.keras.layers.Flatten(input_shape=[64], data_format='channels_last', dtype=None)
  - RegularizedDense(30, name="hidden", trainable=True)
  - tf.keras.layers.BatchNormalization(axis=-1, momentum=0.99, epsilon=1e-03)
  - layers.LeakyReLU(negative_slope=.2)
  - keras.layers.Dense(10, activation="softmax", kernel_initializer=he_avg_init, bias_regularizer=None)
optimizer: keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, amsgrad=False, clipnorm=None, name='adam')
observers:
  - keras.callbacks.EarlyStopping(patience=2, verbose=1)
epochs: 1
END
cat > ours.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2)
model:
  - input(64)
  - flatten
  - dense(30, activation=relu, kernel_initializer=variance_scaling(2, mode=fan_avg, distribution=uniform))
  - batch_normalization
  - leaky_relu(0.2)
  - dense(10, activation=softmax, kernel_initializer=variance_scaling(2, mode=fan_avg, distribution=uniform))
optimizer: adam(0.001)
observers: [early_stopping(patience=2)]
epochs: 1
END
for file in copied ours; do
    run train $file.yaml -q out=$file
    is "$file" "$code:$(cat "$err")" 0:
done
sed 's/,[^,]*$//' copied/history.csv > one
sed 's/,[^,]*$//' ours/history.csv > two
is 'both are the same training' "$(cat one)" "$(cat two)"
lacks 'run.yaml holds the specs, not the names' copied/run.yaml he_avg_init
run train copied/run.yaml -q out=again
is 'run.yaml runs' "$code" 0

# describe words: no row stands twice below the name of a library
run describe words
awk '/^[NO]/ { library = $0; next } /^  [^ ]/ { if (row) print row; row = library $0; next } { row = row $0 } END { print row }' "$out" > rows
is 'rows of words' "$([ "$(wc -l < rows)" -ge 150 ] && echo enough)" enough
is 'rows that stand twice' "$(sort rows | uniq -d)" ''

# told SPEC KEY HINT: a word of another library, and what the message says
told()
{
    run train digits "$2=$1" --dry-run
    is "$1" "$code" 2
    has "$1" "$err" "$3"
}
told 'adam(lr=0.1)' optimizer 'did you mean learning_rate?'
told 'adam(betas=(0.9, 0.99))' optimizer 'beta_1=0.9, beta_2=0.999'
told 'adam(eps=1e-8)' optimizer 'did you mean epsilon?'
told 'rmsprop(alpha=0.9)' optimizer 'did you mean rho?'
told 'sgd(StepLR(0.1))' optimizer 'exponential_decay(RATE, STEPS, GAMMA, staircase=true)'
told 'Linear(64, 10)' model 'dense(UNITS)'
told 'dropout(p=0.2)' model 'did you mean rate?'
told 'dense(10, activation=rrelu)' model 'random_leaky_relu'
told 'dense(10), dense(10, input_shape=(10,))' model 'only the first layer'
told 'dense(10, axis=1)' model 'axis of layer dense cannot be 1'
told 'dense(10, input_shape=[a])' model 'not a list of lengths'
told 'optim.RMSprop(alpha=0.9)' optimizer 'did you mean rho?'
told 'SGD(learning_rate=0.01, decay=1e-4)' optimizer 'inverse_time_decay(RATE, 1, DECAY)'
told 'dense(10), nn.GELU(dim=1)' model 'activation(NAME)'
told 1 verbose 'option -q'
told w sample_weight 'weight=COLUMN'
told 3 initial_epoch 'plummet train --resume RUNDIR'
told true run_eagerly "Keras's run_eagerly: leave it out"
told true jit_compile 'all code is compiled'
told adam solver 'optimizer: adam'
told 0.1 alpha 'kernel_regularizer=l2'
told '(100,)' hidden_layer_sizes 'layers in the key model'
told 200 max_iter 'epochs: 200'
told true early_stopping 'early_stopping(patience=10)'
told 1 eps 'known keys:\|did you mean'
told top5 metrics 'sparse_top_k_categorical_accuracy(k=5)'
told 'nn.LayerNorm(64)' model 'normalized_shape'
told 'Dense(3)(x)' model 'dense(3) <- NAME'
# arguments by position that mean something else in PyTorch's order
told 'nn.LayerNorm(1)' model "PyTorch's normalized_shape: leave it out"
told 'LayerNorm([64])' model "PyTorch's normalized_shape: leave it out"
told 'nn.RMSNorm(64)' model "PyTorch's normalized_shape: leave it out"
told 'nn.GroupNorm(8, 64)' model "PyTorch's num_channels: leave it out"
told 'GroupNorm(1, 1)' model "PyTorch's num_channels: leave it out"
told 'nn.BatchNorm1d(64)' model 'batch_normalization(momentum=0.9), without the number of columns'
told 'nn.ReLU(True)' model "PyTorch's inplace: leave it out"
told 'nn.LeakyReLU(0.1, True)' model "PyTorch's inplace: leave it out"
told 'nn.Dropout(0.5, True)' model "PyTorch's inplace: leave it out"
told 'nn.PReLU(10)' model 'one slope for all columns'
told 'nn.Embedding(10, 3, 0)' model "PyTorch's padding_idx: not available"
told 'nn.Flatten(1)' model 'flatten joins all axes'
told 'nn.Identity(54)' model 'leave them out'
told 'nn.AdaptiveAvgPool1d(1)' model 'there are no convolutions'
told "dense(10, activation=\"gelu('tanh')\")" model 'gelu(approximate=true)'
told "dense(10, kernel_initializer='xavier_uniform_(2)')" model "PyTorch's gain"
told "dense(10, kernel_initializer='kaiming_normal_(0.2)')" model 'negative_slope=0.2'
told 'optim.Adam(0.001, (0.9, 0.99))' optimizer 'beta_1=0.9, beta_2=0.999'
told 'optim.RMSprop(0.01, 0.99, 1e-8)' optimizer 'write epsilon=1e-8'
told 'optim.SGD(0.1, 0.9, 0, 1e-4)' optimizer 'write weight_decay=1e-4'
told "nn.HuberLoss('sum')" loss 'write huber(DELTA, reduction=sum)'
told 'sgd(OneCycleLR(optimizer, 0.1))' optimizer 'a schedule is an argument of an optimizer'
# Keras's own order
told 'dense(64), layer_normalization(1e-5), dense(10, softmax)' model 'axis must be'
told 'dense(64), GroupNormalization(8, 1e-5), dense(10, softmax)' model "Keras's axis"
told 'dense(64), IntegerLookup(10), dense(10, softmax)' model "Keras's max_tokens"
told F.cross_entropy loss 'did you mean .*sparse_categorical_crossentropy'
told F.binary_cross_entropy_with_logits loss 'binary_crossentropy(from_logits=true)'
told SoftMarginLoss loss 'binary_crossentropy(from_logits=true)'
told nn.MultiLabelSoftMarginLoss loss 'binary_crossentropy(from_logits=true)'
told GaussianNLLLoss loss 'try huber'
told TripletMarginLoss loss 'not for several rows'
told MarginRankingLoss loss 'not for several rows'
told CTCLoss loss 'no layers for sequences'
told HingeEmbeddingLoss loss 'for distances of pairs'
told "TensorBoard(log_dir='logs')" observers "write dir='logs'"
# of other libraries, of Keras before 3 and of notebooks
told 'dense(10, activation=quick_gelu)' model 'silu(1.702)'
told "dense(10, activation='gelu_pytorch_tanh')" model 'gelu(approximate=true)'
told 'MCDropout(0.5), dense(10)' model 'predict --monte-carlo'
told 'ThresholdedReLU(theta=1.0), dense(10)' model "threshold(THETA, 0)"
told "RandomFlip('horizontal'), dense(10)" model 'not changed at random'
told 'GlobalAveragePooling1D(), dense(10)' model 'there are no convolutions'
told 'EinsumDense(3), dense(10)' model 'works on the last axis'
told 'nn.utils.spectral_norm(dense(10))' model 'spectral_normalization(dense(UNITS))'
told "dense(10, init='he_normal')" model 'did you mean kernel_initializer?'
told 'dense(10, W_regularizer=l2)' model 'did you mean kernel_regularizer?'
told 'dense(10, dropout=0.2)' model 'a layer of its own after this one: dropout(0.2)'
told 'dropout(keep_prob=0.8), dense(10)' model '1 minus this number'
told 'dense(28 * 28)' model 'numbers are not computed'
told 'dense(100 // 2)' model 'numbers are not computed'
told 'adam(lr - 1)' optimizer 'numbers are not computed'
told 'torch.optim.Adam(model.parameters())' optimizer 'an optimizer trains all parameters'
told 'torch.optim.SGD(net.parameters(), lr=0.1)' optimizer 'an optimizer trains all parameters'
told 'Adam(self.encoder.parameters(), 1e-3)' optimizer 'an optimizer trains all parameters'
told 'my_layers.Linear(64, 10)' model 'dense(UNITS)'
told 'tfa.optimizers.RectifiedAdam(0.1)' optimizer 'try adam'
told 'tf.nn.softmax_cross_entropy_with_logits' loss 'categorical_crossentropy(from_logits=true)'
told pinball loss 'predicts the median'
told confusion_matrix metrics 'plummet evaluate RUN'
told 'OneCycleScheduler(0.1)' observers 'one_cycle(RATE, steps=STEPS)'
told 'adam' callbacks 'did you mean observers?'
told '3' random_state 'did you mean seed?'
told 'true' shuffle 'part of data'
told Nonsense observers 'known: best_weights'
told CrossEntropyLoss loss 'sparse_categorical_crossentropy(from_logits=true)'
run train digits observers=LearningRateScheduler epochs=1
has LearningRateScheduler "$err" per_epoch

# taken SPEC KEY: a word that plummet takes as it is
taken()
{
    run train digits "$2=$1" --dry-run
    is "$1" "$code:$(cat "$err")" 0:
}
taken torch.optim.Adam optimizer
taken 'optim.Adam(0.01, amsgrad=False)' optimizer
taken 'optim.SGD(lr_scheduler.OneCycleLR(0.1))' optimizer
taken 'keras.optimizers.legacy.SGD(0.01)' optimizer
taken 'tf.keras.optimizers.legacy.Adam(decay=0.0)' optimizer
taken 'Muon(exclude_layers=[])' optimizer
taken 'dense(30, activation=tf.nn.relu), dense(10, activation=F.softmax)' model
taken 'dense(10), nn.Softmax(dim=1)' model
taken 'InputLayer(input_shape=[64]), dense(10, softmax)' model
taken 'Input(input_dim=64, name="rows"), dense(10, softmax)' model
taken 'Normalization(axis=(-1,)), dense(10, softmax)' model
taken 'tfa.optimizers.LAMB(0.001)' optimizer
taken 'dense(10, activations.softmax, kernel_initializer=initializers.he_normal(), kernel_regularizer=regularizers.l2(1e-4))' model
taken 'optax.adam(1e-3)' optimizer
taken 'keras.optimizers.experimental.AdamW(0.001)' optimizer
taken "keras.optimizers.get('adam')" optimizer
taken 'SGD(ExponentialDecay(0.01, decay_steps=20_000, decay_rate=0.1))' optimizer
taken "Adam.from_config({'name': 'adam', 'learning_rate': 0.001, 'weight_decay': None})" optimizer
taken 'keras.layers.experimental.preprocessing.Rescaling(1/255), dense(10, softmax)' model
taken "Dense.from_config({'units': 10, 'activation': 'softmax'})" model
taken 'Normalization(mean=[0.0]*64, variance=[1.0] * 32 + [2.0] * 32), dense(10, softmax)' model
taken "dense(10, activation=keras.ops.relu), dense(10, keras.activations.get('softmax'))" model
taken 'BatchNormalization(fused=True, virtual_batch_size=None), dense(10, softmax)' model
taken 'LayerNormalization(-1, 1e-5), dense(10, softmax)' model
taken 'nn.LayerNorm(epsilon=1e-5), GroupNorm(8), nn.LeakyReLU(0.1), nn.ELU(0.5), dense(10), nn.Softmax(1)' model
taken 'dense(64), GroupNormalization(8, -1, 1e-5), RMSNormalization(-1, 1e-6), UnitNormalization(-1), dense(10, softmax)' model
# AdamW's second argument is the decay
run train digits optimizer='AdamW(0.001, 0.01)' epochs=1 -q out=decay seed=1
run train digits optimizer='adamw(0.001, weight_decay=0.01)' epochs=1 -q out=decay2 seed=1
for one in decay decay2; do sed 's/,[^,]*$//' $one/history.csv > $one.csv; done
is 'AdamW(0.001, 0.01)' "$(cmp decay.csv decay2.csv 2>&1)" ''
for weights in '[1, 1, 1, 1, 1, 1, 1, 1, 1, 5]' '[1] * 9 + [5]' '{0: 1., 9: 5.0}' '1, [1]*8, 5'; do
    run train digits epochs=1 class_weight="$weights" -q out=weighted overwrite=true
    is "class_weight $weights" "$code:$(cat "$err")" 0:
    [ -e weighted.first ] || cp weighted/model.safetensors weighted.first
    is "class_weight $weights: the same training" "$(cmp weighted/model.safetensors weighted.first 2>&1)" ''
done
for weights in '{0: x}' '{0: 1' '{0: 1}}' '{-1: 2}' '{1.5: 2}' '{4096: 1}' '{0: -1}' '[1]*9+[a]' '1, {0: 1}'; do
    run train digits epochs=1 class_weight="$weights" --dry-run
    is "class_weight $weights" "$code" 2
    has "class_weight $weights" "$err" 'a list with a weight of 0 or more for each class'
done
printf 'data: digits\nmodel: [dense(10, softmax)]\nobservers: [Nonsense]\n' > observed.yaml
run summary observed.yaml
is 'summary of an unknown observer' "$code" 2
has 'summary of an unknown observer' "$err" "unknown observer 'Nonsense'"
printf 'data: digits\nhe = VarianceScaling(2)\nmodel: [dense(10, softmax)]\n' > defined.yaml
run train defined.yaml --dry-run
has 'a definition on a line of its own' "$err" "'  - he = ...'"

# ---- what Keras writes as a whole ----
taken "{'name': 'SGD', 'learning_rate': 0.01, 'clipnorm': None, 'momentum': 0.9, 'nesterov': True}" optimizer
taken "Adam(**{'name': 'adam', 'learning_rate': {'class_name': 'ExponentialDecay', 'config': {'initial_learning_rate': 0.1, 'decay_steps': 10, 'decay_rate': 0.5, 'staircase': False, 'name': 'ExponentialDecay'}}})" optimizer
taken "['accuracy', \"sparse_top_k_categorical_accuracy(k=3)\"]" metrics
taken "('accuracy',)" metrics
taken "'sparse_categorical_crossentropy'" loss
taken "{'name': 'sparse_categorical_crossentropy', 'reduction': 'sum_over_batch_size', 'from_logits': False, 'ignore_class': None}" loss
taken "tf.keras.models.Sequential([keras.Input(shape=(64,)), Dense(10, activation='softmax')], name='net')" model
told 'Sequential()' model 'Sequential(\[Dense(300), Dense(10)\])'
told 'flatten, Sequential([dense(10)])' model 'the whole value of the key model'
told 'Lookahead(adam)' optimizer 'adam(lookahead_steps=6'
told "{'seed': 1}" optimizer 'write the class before it'
cat > dictionaries.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2) # Umlaute stören nicht: ä, ö
model: {'name': 'sequential', 'trainable': True, 'layers': [
  {'module': 'keras.layers', 'class_name': 'InputLayer', 'config': {'batch_shape': (None, 64), 'dtype': 'float32',
   'sparse': False, 'ragged': False, 'name': 'input_layer'}, 'registered_name': None},
  {'module': 'keras.layers', 'class_name': 'Dense', 'config': {'name': 'dense', 'units': 30, 'activation': 'relu',
   'kernel_initializer': {'module': 'keras.initializers', 'class_name': 'VarianceScaling', 'config': {'scale': 2.0,
   'mode': 'fan_avg', 'distribution': 'uniform', 'seed': None}, 'registered_name': None}, 'bias_regularizer': None},
   'registered_name': None, 'build_config': {'input_shape': (None, 64)}},
  {'module': 'keras.layers', 'class_name': 'BatchNormalization', 'config': {'name': 'batch_normalization', 'axis': -1}},
  {'module': 'keras.layers', 'class_name': 'LeakyReLU', 'config': {'negative_slope': 0.2}},
  {'module': 'keras.layers', 'class_name': 'Dense', 'config': {'name': 'dense_1', 'units': 10, 'activation': 'softmax',
   'kernel_initializer': {'module': 'keras.initializers', 'class_name': 'VarianceScaling', 'config': {'scale': 2.0,
   'mode': 'fan_avg', 'distribution': 'uniform', 'seed': None}, 'registered_name': None}}}],
  'build_input_shape': (None, 64)}
optimizer: {'name': 'adam', 'learning_rate': 0.001, 'weight_decay': None, 'beta_1': 0.9, 'epsilon': 1e-07}
observers: [{'class_name': 'EarlyStopping', 'config': {'patience': 2}}]
epochs: 1
END
run train ours.yaml 'model=keras.Sequential([keras.Input(shape=(64,)), Dense(10, "softmax")])' -q out=whole
is 'keras.Input first' "$code:$(cat "$err")" 0:
run train dictionaries.yaml -q out=dictionaries
is 'dictionaries' "$code:$(cat "$err")" 0:
sed 's/,[^,]*$//' dictionaries/history.csv > three
is 'dictionaries: the same training' "$(cat three)" "$(cat two)"
lacks 'run.yaml holds the specs, not the dictionaries' dictionaries/run.yaml '{'
has 'run.yaml: the name of a layer' dictionaries/run.yaml "name='dense_1'"
printf 'data: digits\nmodel: [dense(10, softmax)]\noptimizer: {adam: 0.1}\n' > pairs.yaml
run train pairs.yaml --dry-run
is 'a mapping that is no dictionary' "$code" 2
has 'a mapping that is no dictionary' "$err" 'pairs.yaml:3:1'
has 'a mapping that is no dictionary' "$err" 'expected a key in quotes'

# one name after another, each with fewer letters between them than it has itself
cat > names.yaml <<'YAML'
data: digits | take(100) | batch(50)
define: [wide = dense(8), sloped = leaky_relu]
model: [input(64), 'wide | sloped | wide | sloped', 'dense(10, activation=softmax)']
YAML
run train names.yaml --dry-run
is 'names in a row' "$code" 0
has 'names in a row' "$out" '^  - dense(8) | leaky_relu | dense(8) | leaky_relu$'

# fails DEFINITION HINT
fails()
{
    run train ours.yaml "define=$1" --dry-run
    is "define=$1" "$code" 2
    has "define=$1" "$err" "$2"
}
fails 'relu = selu' 'already the name of a kind'
fails 'a = 1, a = 2' 'defined twice'
fails 'a' 'is not a definition'
fails '3a = 4' 'is not a definition'
fails 'a = dense(' 'the text ends'
run train digits 'define=rate = 0.5' 'optimizer=sgd(rate, momentum=0.9)' 'model=dense(10, activation=softmax, name=rate)' --dry-run
is 'a number' "$code" 0
run train digits 'define=rate = 0.5' 'optimizer=sgd(rate(1))' --dry-run
has 'a number called' "$err" 'takes no arguments'
finish
